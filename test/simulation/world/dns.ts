import { readRecord } from '../../../lambda/leader/read';
import { STANDBY_LEADS_PATH } from '../../../lambda/leadership-endpoint/contract';
import { respond } from '../../../lambda/leadership-endpoint/respond';
import { LeadershipView } from '../../../lambda/leadership-endpoint/view';
import { Host } from './host';
import { HOME, REGIONS, type RegionName, type SideName, STANDBY, WITNESS } from './places';
import type { Random } from './random';
import type { Simulation } from './simulation';

/** As the Edge stack deploys the checks of the two endpoints. */
const INTERVAL_MS = 10_000;
const IN_A_ROW = 3;
/** Route 53 waits 4 s for a connection and 2 s for the answer. */
const PATIENCE_MS = 6_000;
const EVENT = { rawPath: STANDBY_LEADS_PATH, requestContext: { http: { method: 'GET' } } };

/** One of the two endpoints: the deployed code, in a process that lives as long as its region. */
class Endpoint {
  private host: Host | undefined;
  private view: LeadershipView | undefined;

  constructor(
    readonly region: RegionName,
    private readonly simulation: Simulation,
  ) {}

  /** @returns whether it answers 200 to a request that arrives now */
  async ask(): Promise<boolean> {
    const answer = await respond(EVENT, STANDBY, () => this.alive().current());
    return answer.statusCode === 200;
  }

  forget(): void {
    this.host?.kill();
    this.host = undefined;
  }

  private alive(): LeadershipView {
    if (this.host?.alive && this.view) return this.view;
    const { simulation, region } = this;
    const host = new Host(`endpoint-${region}`, region, simulation, simulation.random.hosts);
    const regions = [region, ...REGIONS.filter((other) => other !== region)];
    const tables = regions.map((other) => simulation.table.servedBy(other, host));
    this.host = host;
    this.view = new LeadershipView({ read: () => readRecord(tables, host.clock) }, host.clock, region);
    return this.view;
  }
}

/** A health check: it changes its mind after so many answers in a row. */
class Check {
  healthy = false;
  private against = 0;

  note(good: boolean): void {
    this.against = good === this.healthy ? 0 : this.against + 1;
    if (this.against < IN_A_ROW) return;
    this.healthy = good;
    this.against = 0;
  }
}

/** Route 53: the two endpoint checks, `standby-leads` as their OR, and the failover records that hang on it. */
export class Dns {
  /** Share of the checks whose result is turned round. */
  lyingShare = 0;
  readonly endpoints: readonly Endpoint[];
  private readonly checks = new Map<RegionName, Check>();

  constructor(
    private readonly simulation: Simulation,
    private readonly random: Random,
  ) {
    this.endpoints = ([STANDBY, WITNESS] as const).map((region) => new Endpoint(region, simulation));
  }

  begin(): void {
    this.endpoints.forEach((endpoint, index) => {
      const check = new Check();
      this.checks.set(endpoint.region, check);
      this.simulation.scheduler.after(1_000 + index * 3_000, () => this.probe(endpoint, check));
    });
  }

  /** PRIMARY (home) is healthy when not `standby-leads`, SECONDARY when `standby-leads`. */
  resolve(): SideName {
    const standbyLeads = [...this.checks.values()].some(({ healthy }) => healthy);
    return standbyLeads ? STANDBY : HOME;
  }

  private probe(endpoint: Endpoint, check: Check): void {
    const { scheduler, network } = this.simulation;
    scheduler.after(INTERVAL_MS, () => this.probe(endpoint, check));
    const note = (good: boolean): void => {
      const turned = this.random.chance(this.lyingShare);
      if (turned) this.simulation.count('false answer of a health check');
      check.note(good !== turned);
    };
    const reached =
      network.connects('checkers', endpoint.region) && network.connects(endpoint.region, 'checkers');
    if (network.isDead(endpoint.region)) endpoint.forget();
    if (!reached) {
      note(false);
      return;
    }
    const askedMs = scheduler.now;
    scheduler.woke();
    let noted = false;
    const noteOnce = (good: boolean): void => {
      if (!noted) note(good);
      noted = true;
    };
    scheduler.after(PATIENCE_MS, () => noteOnce(false));
    void endpoint.ask().then((good) => noteOnce(good && scheduler.now - askedMs < PATIENCE_MS));
  }
}
