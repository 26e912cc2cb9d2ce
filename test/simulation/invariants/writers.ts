import type { Observer } from '../world/observer';
import type { Server, Session } from '../world/server';
import type { Simulation } from '../world/simulation';
import type { Commit } from '../world/wal';
import type { Lateness } from './lateness';
import type { Leases } from './leases';
import { nameOf, type Report, type Rule } from './violation';

/**
 * Invariants 1, 3, 4, 6, 8 and, because the world has false answers of DNS in it, 11: who commits, and who could. Checked
 * at every commit and after every step.
 */

type Broken = readonly [Rule, string] | undefined;

/** What a session may outlive its lease by, in units of E; and the time its end takes, in milliseconds. */
const LIFE_IN_E = 2;
const END_MS = 50;

export class Writers implements Observer {
  /** Commits of the kind that cannot be had. */
  late = 0;
  private last: Commit | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly leases: Leases,
    private readonly lateness: Lateness,
    private readonly report: Report,
  ) {}

  committed(server: Server, commit: Commit, session: Session): void {
    const broken =
      this.order(server, commit) ?? this.epoch(server, commit) ?? this.time(server, commit, session);
    if (!broken) this.last = commit;
    else if (this.lateness.excuses(server, commit, session)) this.late += 1;
    else this.report(...broken);
  }

  stepped(): void {
    const { servers } = this.simulation;
    let open: Server | undefined;
    for (const server of servers) {
      if (!server.takesWrites()) continue;
      if (open) {
        this.report(1, `${nameOf(open)} and ${nameOf(server)} both take writes.`);
        return;
      }
      open = server;
    }
    const { record } = this.simulation.table;
    if (open && record?.state === 'HANDOFF') {
      this.report(
        8,
        `${nameOf(open)} takes writes though ${record.holder} has handed over at ${record.walLsn}.`,
      );
    }
  }

  private order(server: Server, { epoch, server: number }: Commit): Broken {
    const { last } = this;
    const where = nameOf(server);
    if (last && last.server !== number && last.epoch >= epoch) {
      return [
        1,
        `${where} commits under epoch ${epoch} after ${last.region} has committed under epoch ${last.epoch}.`,
      ];
    }
    const { highest } = this.leases;
    if (highest && highest.server !== server && epoch <= highest.epoch) {
      return [6, `${where} was superseded and commits under epoch ${epoch}.`];
    }
    return undefined;
  }

  private epoch(server: Server, { epoch }: Commit): Broken {
    const { record } = this.simulation.table;
    const where = nameOf(server);
    if (record?.epoch !== epoch || record.holder !== server.place) {
      const says = record
        ? `${record.holder} leads epoch ${record.epoch} (${record.state})`
        : 'there is no record';
      return [3, `${where} commits under epoch ${epoch} while ${says}.`];
    }
    if (record.state === 'HANDOFF') {
      return [8, `${where} commits after it has handed over at ${record.walLsn}.`];
    }
    const fence = server.fence.state.epoch;
    return fence === epoch
      ? undefined
      : [3, `${where} commits under epoch ${epoch}, and its fence is at ${fence}.`];
  }

  private time(server: Server, commit: Commit, session: Session): Broken {
    const where = nameOf(server);
    if (session.clockMs >= session.limitMs)
      return [4, `A statement begins in ${where} after the limit of its lease.`];
    const limitMs = this.leases.limitOf(server);
    const allowedMs = limitMs + LIFE_IN_E * server.fence.state.enforceSeconds * 1000 + END_MS;
    if (server.clockMs() <= allowedMs) return undefined;
    const by = ((server.clockMs() - limitMs) / 1000).toFixed(1);
    return [
      4,
      `A session in ${where} commits transaction ${commit.id} ${by} s after the limit of its lease.`,
    ];
  }
}
