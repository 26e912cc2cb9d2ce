import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parsePlatform } from '../../lib/config/load';
import { EDGE_REGION, publicNames, regionDomain } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import type { LocalAws } from '../aws-api';
import { Balancer } from '../balancer/balancer';
import { readBalancer } from '../balancer/deployed';
import { type Brought, LocalDeployment } from '../deploy-local';
import { type CheckStates, Zone } from '../dns/resolver';
import { internalClient } from '../internal';
import type { Destination } from '../load/client';
import { Network, OUTSIDE } from '../network/network';
import { DeployedServices } from '../tasks/deployed-services';
import { Fleet } from '../tasks/fleet';
import { bundleSample, type SampleBundle } from '../tasks/sample-bundle';
import { drilledQueue, queueUrl } from './jobs';
import type { Side } from './model';
import type { Pace } from './pace';

export const SIDES = ['home', 'standby'] as const;

export interface WorldOptions {
  /** Text of the platform file, with the timings that are wanted. */
  readonly text: string;
  /** As it is to appear in messages. */
  readonly file: string;
  readonly pace: Pace;
  /** Where the logs stay. */
  readonly logs: string;
  readonly say: (line: string) => void;
  /** Deploys a second time before anything else, and reads every resource back. Default: false. */
  readonly checked?: boolean;
}

/** The second deployment changed something, or something is not there. */
export class BadDeployment extends Error {
  override readonly name = 'BadDeployment';
  constructor(problems: readonly string[]) {
    super(`The deployment is not as it should be:\n${problems.map((one) => `  ${one}`).join('\n')}`);
  }
}

/** What stands for one region. */
interface RegionWorld {
  readonly region: string;
  readonly fleet: Fleet;
  readonly balancer: Balancer;
  readonly port: number;
}

/** How often the states of the health checks are fetched. */
const STATES_MS = 200;
/** A request that an application is silent about. */
const IDLE_MS = 10_000;
/** All tasks start at once on a machine of two cores. */
const READY_MS = 90_000;

/** A deployed platform that runs: two regions with databases, tasks and balancers, the names, and the network between. */
export class World {
  private states: CheckStates = {};
  private timer: NodeJS.Timeout | undefined;
  private bundle: SampleBundle | undefined;
  private readonly regions = new Map<Side, RegionWorld>();
  private readonly ports = new Map<Side, number>();
  private zone: Zone | undefined;
  private api: LocalAws | undefined;
  private stopped = false;

  private constructor(
    readonly platform: Platform,
    readonly pace: Pace,
    readonly network: Network,
    private readonly deployment: LocalDeployment,
    private readonly scratch: string,
    readonly logs: string,
    private readonly say: (line: string) => void,
    private readonly checked: boolean,
  ) {}

  /** @returns a world in which nothing is yet; `begin` makes it one */
  static plan({ text, file, pace, logs, say, checked = false }: WorldOptions): World {
    const platform = parsePlatform(text, file);
    const scratch = mkdtempSync(join(tmpdir(), 'holdfast-drill-'));
    const path = join(scratch, `${basename(file).replace(/\.ya?ml$/, '')}.yaml`);
    writeFileSync(path, text);
    const { home, standby, witness } = platform.regions;
    const network = new Network([...new Set([home.name, standby.name, witness.name])]);
    const deployment = new LocalDeployment({
      platform,
      source: path,
      again: checked,
      images: true,
      logs,
      minuteSeconds: pace.minuteSeconds,
      aws: {
        network,
        pace: pace.factor,
        statusSeconds: pace.statusSeconds,
        secretValues: true,
        rareSchedulesLater: true,
      },
      say,
    });
    return new World(platform, pace, network, deployment, scratch, logs, say, checked);
  }

  /** Deploys, and starts everything. @throws if something cannot be deployed or, where that is asked for, is not as it should be; `stop` has to be called also then */
  async begin(): Promise<void> {
    const brought = await this.deployment.bring();
    const { api } = brought;
    this.api = api;
    if (this.checked) await this.check(brought);
    await api.applyNetwork();
    this.goOn();
    this.bundle = bundleSample();
    for (const side of SIDES) await this.beginRegion(api, side, this.bundle.file);
    await this.publish(api);
    const config = internalClient(api.endpoint, EDGE_REGION);
    this.zone = await Zone.read(config, this.platform.domain.hostedZone.id);
    this.states = await api.health();
    this.goOn();
    for (const { fleet } of this.regions.values()) fleet.start();
    this.timer = setInterval(() => void this.fetchStates(api), STATES_MS);
  }

  private async check(brought: Brought): Promise<void> {
    const problems = await this.deployment.problemsOf(brought);
    if (problems.length > 0) throw new BadDeployment(problems);
    this.say('the second deployment changed nothing, and every resource is in its service');
  }

  get aws(): LocalAws {
    if (!this.api) throw new Error('Nothing has been deployed yet.');
    return this.api;
  }

  region(side: Side): string {
    return this.platform.regions[side].name;
  }

  sideOf(region: string): Side | undefined {
    return SIDES.find((side) => this.region(side) === region);
  }

  fleet(side: Side): Fleet {
    return this.of(side).fleet;
  }

  balancer(side: Side): Balancer {
    return this.of(side).balancer;
  }

  /** Where the public name leads at this moment, for somebody who asks anew. */
  resolve(): Destination | undefined {
    const name = this.zone?.resolve(this.platform.domain.name, this.states);
    const side = SIDES.find((one) => regionDomain(this.platform, one) === name);
    const port = side && this.ports.get(side);
    return side && port !== undefined ? { side, port } : undefined;
  }

  /** Waits until every task that is to serve does. @throws if that takes too long */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while (!SIDES.every((side) => this.fleet(side).isComplete)) {
      if (performance.now() > deadline)
        throw new Error('The tasks of the services did not become healthy in time.');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Takes a region away as a whole: its databases, its tasks, its functions, its endpoints, and all ways to it. */
  async lose(side: Side): Promise<void> {
    const region = this.region(side);
    this.network.lose(region);
    this.of(side).fleet.lose();
    await Promise.all([this.aws.applyNetwork(), this.aws.databases.lose(region)]);
  }

  /** Gives it back, with the data that it had. */
  async regain(side: Side): Promise<void> {
    const region = this.region(side);
    await this.aws.databases.regain(region);
    this.network.regain(region);
    this.of(side).fleet.regain();
    await this.aws.applyNetwork();
  }

  /** Cuts ends of the network apart; `users` are outside of all regions. */
  async cut(one: Role | 'witness', other: Role | 'witness' | 'users'): Promise<void> {
    this.network.cut(this.end(one), this.end(other));
    await this.aws.applyNetwork();
  }

  /** Closes one way only: nothing from the first end arrives at the other, and the way back stays as it is. `join` opens it. */
  async close(from: Role | 'witness' | 'users', to: Role | 'witness' | 'users'): Promise<void> {
    this.network.close(this.end(from), this.end(to));
    await this.aws.applyNetwork();
  }

  async join(one: Role | 'witness', other: Role | 'witness' | 'users'): Promise<void> {
    this.network.join(this.end(one), this.end(other));
    await this.aws.applyNetwork();
  }

  /** Ends everything and deletes what was written. May be called at any time, also while it begins, and twice. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const { fleet, balancer } of this.regions.values()) {
      await fleet.stop();
      await balancer.stop();
    }
    await this.deployment.stop();
    this.bundle?.remove();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** @throws if it was stopped: what would be started now, nobody would end */
  private goOn(): void {
    if (this.stopped) throw new Error('The world was stopped while it began.');
  }

  private end(place: Role | 'witness' | 'users'): string {
    return place === 'users' ? OUTSIDE : this.platform.regions[place].name;
  }

  private of(side: Side): RegionWorld {
    const found = this.regions.get(side);
    if (!found) throw new Error(`The ${side} region does not run.`);
    return found;
  }

  private async beginRegion(api: LocalAws, side: Side, bundle: string): Promise<void> {
    const { platform, pace } = this;
    const region = this.region(side);
    const config = internalClient(api.endpoint, region);
    const { httpsPort } = platform.edge;
    const deployed = await readBalancer(config, `${platform.name}-${side}`, httpsPort, pace.factor);
    const { files } = api.databases;
    const hosts = [...publicNames(platform), regionDomain(platform, side)];
    const url = await queueUrl(platform, api.endpoint, region);
    const name = drilledQueue(platform)?.name;
    this.goOn();
    const balancer = new Balancer(deployed, files.publicCertificate(hosts), IDLE_MS);
    const fleet = new Fleet(
      {
        platform,
        role: side,
        deployed: new DeployedServices(platform.name, config),
        bundle,
        names: `${files.endpoints.file}.${region}`,
        ca: files.caFile,
        ...(url !== undefined && name !== undefined ? { queue: { name, endpoint: api.endpoint, url } } : {}),
        startMs: pace.taskStartMs,
        factor: pace.factor,
        say: (sentence) => this.say(`${side}: ${sentence}`),
      },
      balancer,
    );
    this.regions.set(side, { region, fleet, balancer, port: await balancer.listen() });
  }

  /** Names of the balancers: for functions, health checkers and users. */
  private async publish(api: LocalAws): Promise<void> {
    const { endpoints } = api.databases.files;
    const hosts = SIDES.map((side) => {
      const { region, port } = this.of(side);
      return { host: regionDomain(this.platform, side), region, port };
    });
    await endpoints.publish('balancers', hosts);
    for (const { region, port } of hosts) {
      const side = this.sideOf(region);
      if (side) this.ports.set(side, await endpoints.portFrom(OUTSIDE, { region, port }));
    }
  }

  private async fetchStates(api: LocalAws): Promise<void> {
    try {
      this.states = await api.health();
    } catch {
      // The API ends with the drill; what was known last stays.
    }
  }
}
