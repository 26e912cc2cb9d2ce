import type { DatabaseStatus, Lease } from '../../../lambda/region-agent/ports';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Fence } from './fence';
import type { Network } from './network';
import { EPOCH_MS, type SideName } from './places';
import type { Random } from './random';
import { Replication } from './replication';
import type { Scheduler } from './scheduler';
import { type Commit, lsnText, Wal } from './wal';

/** The server refused a connection or a statement. */
export class DatabaseRefused extends HoldfastError {}

/** A connection of a fenced role. */
export interface Session {
  alive: boolean;
  /** The statement that began last, in true time; undefined outside a transaction. */
  statementMs: number | undefined;
  /** The lease under which it began, and the server's clock then. */
  epoch: number;
  limitMs: number;
  clockMs: number;
}

/** What happens to a server that others want to know of. */
export interface ServerEvents {
  committed(server: Server, commit: Commit, session: Session): void;
  leased(
    server: Server,
    what: 'renewed' | 'opened' | 'closed',
    lease: Pick<Lease, 'epoch' | 'version'>,
  ): void;
}

/**
 * A PostgreSQL server of a region with the fence in it. It writes or replays a log, has its own clock, and can be down,
 * paused, or without a running pg_cron.
 */
export class Server {
  running = true;
  /** Does nothing before this instant of true time, and then everything that was sent meanwhile. */
  pausedUntil = 0;
  lastPausedMs = 0;
  timeline = 1;
  replication: Replication | undefined;
  wal = new Wal();
  readonly sessions = new Set<Session>();
  /** How many faults keep pg_cron from running, and how many open transactions hold a lock on the fenced roles. */
  cronPaused = 0;
  rolesLocked = 0;
  /** Behind a security group that admits no application: it keeps new connections out, and spares those there are. */
  cutOff = false;
  /** When it was opened last in an epoch, for the checks. */
  openedEpoch = 0;

  constructor(
    readonly number: number,
    readonly place: SideName,
    private readonly scheduler: Scheduler,
    private readonly events: ServerEvents,
    readonly clock: { offsetMs: number; readonly driftPpm: number },
    readonly fence: Fence,
    private readonly random: Random,
  ) {}

  get inRecovery(): boolean {
    return this.replication !== undefined;
  }

  clockMs(): number {
    const { offsetMs, driftPpm } = this.clock;
    return EPOCH_MS + Math.round(this.scheduler.now * (1 + driftPpm / 1e6) + offsetMs);
  }

  /** Makes this server a replica of another one, with everything that is there now. */
  follow(source: Server, network: Network): void {
    const replication = new Replication(source, this, network);
    this.fence.state = source.fence.state;
    replication.received = source.wal.entries.length;
    replication.replayed = replication.received;
    this.replication = replication;
  }

  /** Whether an application's statement would be let through now. */
  takesWrites(): boolean {
    return this.running && !this.inRecovery && this.fence.guard(this.clockMs(), this.timeline);
  }

  /** `holdfast.status()` */
  status(): DatabaseStatus {
    this.advance();
    const { replication, timeline } = this;
    const clockMs = this.clockMs();
    const {
      epoch,
      version,
      closed,
      limitMs,
      heartbeatMs,
      enforcedMs,
      enforceSeconds,
      timeline: leased,
    } = this.fence.state;
    return {
      inRecovery: this.inRecovery,
      clockMs,
      timeline: replication ? null : timeline,
      lsn: lsnText(this.position()),
      receiveLsn: replication ? lsnText(replication.source.wal.at(replication.received)) : null,
      streaming: replication?.connected() ?? false,
      heartbeatMs,
      lease: { epoch, version, closed, limitMs, timeline: leased },
      enforcedAgoSeconds: enforcedMs === null ? null : (clockMs - enforcedMs) / 1000,
      enforceSeconds,
      fencedSessions: this.sessions.size,
    };
  }

  /** Position that was written, or on a replica replayed. */
  position(): number {
    const { replication } = this;
    return replication ? replication.source.wal.at(replication.replayed) : this.wal.lsn;
  }

  advance(): void {
    this.replication?.advance(this.scheduler.now);
  }

  renew(lease: Lease): boolean {
    return this.lease('renewed', lease, () => this.fence.renew(lease, this.clockMs(), this.timeline));
  }

  open(lease: Lease): boolean {
    const applied = this.lease('opened', lease, () => this.fence.open(lease, this.clockMs(), this.timeline));
    if (applied) this.openedEpoch = lease.epoch;
    return applied;
  }

  close(lease: Pick<Lease, 'epoch' | 'version'>): boolean {
    const applied = this.lease('closed', lease, () => this.fence.close(lease));
    if (applied) this.endSessions();
    return applied;
  }

  /** What set-up does on a primary: says how often sessions without a lease are ended. */
  setEnforcement(enforceSeconds: number): void {
    this.fence.state = { ...this.fence.state, enforceSeconds };
    this.wal.append(this.scheduler.now, { fence: this.fence.state });
  }

  /** Somebody opens the lease for a year, past all functions of the fence. */
  editFence(): void {
    const limitMs = this.clockMs() + 365 * 86_400_000;
    this.fence.state = {
      ...this.fence.state,
      closed: false,
      timeline: this.timeline,
      limitMs,
      noLogin: false,
      validUntilMs: limitMs,
    };
    this.wal.append(this.scheduler.now, { fence: this.fence.state });
  }

  /** A run of the job that pg_cron starts every E seconds. */
  enforce(): void {
    const ends = this.fence.enforce(this.clockMs(), this.timeline, this.rolesLocked > 0);
    this.wal.append(this.scheduler.now, { fence: this.fence.state });
    if (ends) this.endSessions();
  }

  /** An application logs in. @returns undefined if it is refused */
  connect(): Session | undefined {
    const refused = !this.running || this.cutOff || this.inRecovery || this.isPaused();
    if (refused || !this.fence.login(this.clockMs(), this.timeline)) return undefined;
    const session: Session = { alive: true, statementMs: undefined, epoch: 0, limitMs: 0, clockMs: 0 };
    this.sessions.add(session);
    return session;
  }

  /** A writing statement of an application. @returns whether it was let through */
  statement(session: Session): boolean {
    const clockMs = this.clockMs();
    if (!session.alive || this.inRecovery || !this.fence.guard(clockMs, this.timeline)) return false;
    session.statementMs = this.scheduler.now;
    session.clockMs = clockMs;
    session.epoch = this.fence.state.epoch;
    session.limitMs = this.fence.state.limitMs;
    return true;
  }

  /** @returns what was committed; undefined if the session was ended before */
  commit(session: Session, id: number): Commit | undefined {
    const { statementMs } = session;
    session.statementMs = undefined;
    if (!session.alive || statementMs === undefined) return undefined;
    const { epoch } = session;
    const atMs = this.scheduler.now;
    const commit: Commit = {
      id,
      region: this.place,
      server: this.number,
      epoch,
      atMs,
      statementMs,
      acknowledged: false,
    };
    this.wal.append(atMs, { commit });
    this.events.committed(this, commit, session);
    return commit;
  }

  isPaused(): boolean {
    return this.pausedUntil > this.scheduler.now;
  }

  /** Stops the process, as SIGSTOP does, and lets it go on later. */
  pause(milliseconds: number): void {
    this.advance();
    this.lastPausedMs = this.scheduler.now;
    this.pausedUntil = Math.max(this.pausedUntil, this.scheduler.now + milliseconds);
  }

  /**
   * Tells all sessions of fenced roles to end; an open transaction of theirs is rolled back. It takes each a moment, in
   * which it may still commit.
   */
  /** `holdfast.end_sessions()` */
  endSessionsIfClosed(): void {
    if (!this.inRecovery && !this.fence.isOpen(this.clockMs(), this.timeline)) this.endSessions();
  }

  endSessions(): void {
    for (const session of this.sessions) {
      this.scheduler.after(this.random.spread(5, 1_500), () => this.end(session));
    }
  }

  private end(session: Session): void {
    session.alive = false;
    this.sessions.delete(session);
  }

  stop(): void {
    this.advance();
    this.running = false;
    for (const session of this.sessions) this.end(session);
  }

  start(): void {
    this.running = true;
  }

  /** Becomes a primary on a timeline of its own, with everything it has received. */
  promoted(): void {
    const { replication } = this;
    if (!replication) return;
    this.advance();
    replication.finish();
    this.wal = replication.source.wal.fork(replication.received);
    this.timeline = replication.source.timeline + 1;
    this.replication = undefined;
  }

  private lease(
    what: 'renewed' | 'opened' | 'closed',
    lease: Pick<Lease, 'epoch' | 'version'>,
    apply: () => boolean,
  ): boolean {
    if (this.inRecovery) throw new DatabaseRefused('The database is a replica and writes nothing.');
    const applied = apply();
    if (applied) {
      this.wal.append(this.scheduler.now, { fence: this.fence.state });
      this.events.leased(this, what, lease);
    }
    return applied;
  }
}
