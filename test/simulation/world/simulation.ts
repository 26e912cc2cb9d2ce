import { toItem } from '../../../lambda/leader/item';
import { firstRecord, type LeadershipRecord } from '../../../lambda/leader/record';
import type { AgentSettings } from '../../../lambda/region-agent/contract';
import type { Turn } from '../../../lambda/region-agent/turn';
import { AgentFunction, type Rhythm, type Wrap } from './agent-function';
import { Clients } from './clients';
import { Dns } from './dns';
import { Fence, type FenceState, installed } from './fence';
import { Fleet } from './fleet';
import type { Host } from './host';
import { Network } from './network';
import type { Observer } from './observer';
import { Operator } from './operator';
import { EPOCH_MS, HOME, otherSide, type SideName, STANDBY } from './places';
import { Random } from './random';
import { type Durations, IDENTIFIER, Rds } from './rds';
import { Scheduler } from './scheduler';
import { Server } from './server';
import type { Side } from './side';
import { Table } from './table';
import type { Commit } from './wal';

/** What a history begins with. */
export interface Beginning {
  readonly seed: number;
  readonly settings: Omit<AgentSettings, 'own' | 'other' | 'home'>;
  readonly rhythm: Rhythm;
  readonly durations: Durations;
  /** True: the record has just been made and no lease was ever opened. */
  readonly firstDeployment: boolean;
}

/** The world did something that it must not do: a fault of the simulation, or an error that the agent let through. */
export class Unexpected extends Error {}

/** Version of the record at the beginning of a history. */
const FIRST_VERSION = 1_000;

/** All of the world, and the one place that everything that happens is told to. */
export class Simulation {
  readonly scheduler = new Scheduler();
  readonly random: { readonly hosts: Random; readonly sql: Random; readonly faults: Random };
  readonly network: Network;
  readonly table: Table;
  readonly sides: Readonly<Record<SideName, Side>>;
  readonly agents: Readonly<Record<SideName, AgentFunction>>;
  readonly dns: Dns;
  readonly operator: Operator;
  /** Every server there ever was. */
  readonly servers: Server[] = [];
  readonly commits: Commit[] = [];
  /** How often each kind of fault happened. */
  readonly faults = new Map<string, number>();
  /** Makes the fence of a new server. Deliberate bugs replace it. */
  fenceOf: (state: FenceState) => Fence = (state) => new Fence(state);
  private readonly observers: Observer[] = [];
  private readonly root: Random;
  private commitNumber = 0;

  constructor(
    readonly beginning: Beginning,
    wrap: Wrap = (ports) => ports,
  ) {
    const root = new Random(beginning.seed);
    this.root = root;
    this.random = { hosts: root.stream('hosts'), sql: root.stream('sql'), faults: root.stream('faults') };
    this.network = new Network(root.stream('network'));
    this.table = new Table(this.scheduler, this.network, root.stream('table'));
    this.sides = { [HOME]: this.side(HOME), [STANDBY]: this.side(STANDBY) };
    this.agents = { [HOME]: this.agent(HOME, wrap), [STANDBY]: this.agent(STANDBY, wrap) };
    this.dns = new Dns(this, root.stream('dns'));
    this.operator = new Operator(this);
    this.table.onWrite = (record, before, by) => this.tell((one) => one.recordWritten?.(record, before, by));
    this.scheduler.afterStep = () => {
      for (const one of this.observers) one.stepped?.();
    };
  }

  observe(...observers: readonly Observer[]): void {
    this.observers.push(...observers);
  }

  /**
   * Brings up both regions with the lead at home, and starts everybody.
   * @param alone true: the agents only, for histories that are about nothing else
   */
  begin(alone = false): void {
    const { firstDeployment, settings } = this.beginning;
    const random = this.root.stream('begin');
    const home = this.server(HOME);
    const standby = this.server(STANDBY);
    this.sides[HOME].rds.instances.set(IDENTIFIER, { status: 'available', source: null, server: home });
    const first = firstRecord(HOME, settings.leaseSeconds, settings.enforceSeconds);
    this.table.put(toItem(firstDeployment ? first : this.steady(first, home), 'first'), 'deployment');
    standby.follow(home, this.network);
    this.sides[STANDBY].rds.instances.set(IDENTIFIER, {
      status: 'available',
      source: 'arn:home',
      server: standby,
    });
    for (const name of [HOME, STANDBY] as const) this.agents[name].begin(random.between(0, 60_000));
    if (alone) return;
    this.dns.begin();
    new Clients(this, this.root.stream('clients')).begin();
  }

  /** A platform that has been serving for long: one lease is out. */
  private steady(first: LeadershipRecord, home: Server): LeadershipRecord {
    const { leaseSeconds } = this.beginning.settings;
    const clockMs = home.clockMs();
    home.enforce();
    home.open({ epoch: 1, version: FIRST_VERSION, limitMs: clockMs + leaseSeconds * 1000 });
    const servingSince = new Date(EPOCH_MS - 86_400_000).toISOString();
    const databaseTime = new Date(clockMs).toISOString();
    return { ...first, version: FIRST_VERSION, databaseTime, servingSince, walLsn: home.status().lsn };
  }

  private side(name: SideName): Side {
    const random = this.root.stream(`side ${name}`);
    const rds = new Rds(name, this.scheduler, random, this.beginning.durations, {
      promotionAccepted: (region, server, byAgent) =>
        this.tell((one) => one.promotionAccepted?.(region, server, byAgent)),
      promoted: (region, server) => this.tell((one) => one.promoted?.(region, server)),
      newReplica: (region) => this.newReplica(region),
      isAlive: (region) => !this.network.isDead(region),
    });
    const fleet =
      name === HOME ? Fleet.leading(this.scheduler, random) : Fleet.standing(this.scheduler, random);
    return { name, rds, fleet, agentBroken: 0 };
  }

  private agent(name: SideName, wrap: Wrap): AgentFunction {
    const settings = { ...this.beginning.settings, own: name, other: otherSide(name), home: HOME };
    const random = this.root.stream(`agent ${name}`);
    return new AgentFunction(this.sides[name], this, random, settings, this.beginning.rhythm, wrap);
  }

  private server(place: SideName): Server {
    const random = this.root.stream(`server ${this.servers.length}`);
    const clock = { offsetMs: random.between(-3_000, 3_000), driftPpm: random.between(-100, 100) };
    const events = {
      committed: (
        server: Server,
        commit: Commit,
        session: Parameters<NonNullable<Observer['committed']>>[2],
      ) => this.tell((one) => one.committed?.(server, commit, session)),
      leased: (...told: Parameters<NonNullable<Observer['leased']>>) =>
        this.tell((one) => one.leased?.(...told)),
    };
    const number = this.servers.length + 1;
    const { enforceSeconds } = this.beginning.settings;
    const fence = this.fenceOf(installed(enforceSeconds));
    const server = new Server(number, place, this.scheduler, events, clock, fence, random);
    this.servers.push(server);
    this.enforceFrom(server, random.between(0, enforceSeconds * 1000));
    return server;
  }

  /** pg_cron: on a primary only, every E seconds as set-up said last; a paused server runs the job when it goes on. */
  private enforceFrom(server: Server, inMs: number): void {
    this.scheduler.after(inMs, () => {
      if (server.isPaused()) return this.enforceFrom(server, server.pausedUntil - this.scheduler.now + 1);
      this.enforceFrom(server, server.fence.state.enforceSeconds * 1000);
      if (server.running && !server.inRecovery && server.cronPaused === 0) server.enforce();
    });
  }

  private newReplica(region: SideName): Server | undefined {
    const source = this.sides[otherSide(region)].rds.server;
    if (!source || source.inRecovery || !this.network.connects(region, source.place)) return undefined;
    const server = this.server(region);
    server.follow(source, this.network);
    return server;
  }

  nextCommit(): number {
    this.commitNumber += 1;
    return this.commitNumber;
  }

  acknowledge(index: number): void {
    const commit = this.commits[index];
    if (commit) commit.acknowledged = true;
  }

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** Something worth a line in a story that no other event tells. */
  note(who: string, what: string): void {
    this.tell((one) => one.faulted?.(`${who} ${what}`));
  }

  paged(region: SideName, subject: string, sentence: string): void {
    this.tell((one) => one.paged?.(region, `${subject}: ${sentence}`));
  }

  heard(side: Side, host: Host, turn: Turn): void {
    this.tell((one) => one.turned?.(side.name, host.name, turn));
  }

  /** Ends the history with an error. */
  unexpected(sentence: string): void {
    this.scheduler.fail(new Unexpected(sentence));
  }

  private tell(event: (observer: Observer) => void): void {
    for (const one of this.observers) event(one);
  }
}
