import type { Turn } from '../../../lambda/region-agent/turn';
import type { Observer } from '../world/observer';
import type { SideName } from '../world/places';
import type { Server, Session } from '../world/server';
import type { Simulation } from '../world/simulation';
import type { Commit } from '../world/wal';

/**
 * What cannot be had, and is counted instead of forbidden: a transaction that was past its last check when its server
 * stalled, or when pg_cron had stopped and no agent could reach the database to end its session.
 */

/** An agent that sees a lease that has run out has so long to end what is left of its sessions, in milliseconds. */
const AGENT_MS = 20_000;
/** The age at which an agent does not renew on the last run of enforcement, and the time from its look to the renewal. */
const UNSEEN_MS = 10_000 + 45_000;

export class Lateness implements Observer {
  /** Since when an agent of the region has known that its database is past the limit. */
  private readonly knownMs = new Map<SideName, number>();

  /** @param defeated whether the fence is defeated by definition: then nothing is late, and everything is told */
  constructor(
    private readonly simulation: Simulation,
    private readonly defeated: boolean,
  ) {}

  leased(server: Server): void {
    this.knownMs.delete(server.place);
  }

  turned(region: SideName, _host: string, { seen }: Turn): void {
    const database = seen.database?.known ? seen.database.value : undefined;
    if (!database || database.inRecovery || database.clockMs < database.lease.limitMs) return;
    if (!this.knownMs.has(region)) this.knownMs.set(region, this.simulation.scheduler.now);
  }

  excuses(server: Server, { statementMs, atMs }: Commit, { clockMs, limitMs }: Session): boolean {
    if (this.defeated || clockMs >= limitMs) return false;
    const { lastPausedMs, pausedUntil } = server;
    const stalled = lastPausedMs >= statementMs && lastPausedMs <= atMs && pausedUntil > statementMs;
    return stalled || (isUnenforced(server) && !this.couldEnd(server, atMs));
  }

  private couldEnd({ place }: Server, atMs: number): boolean {
    const knownMs = this.knownMs.get(place);
    return knownMs !== undefined && atMs - knownMs > AGENT_MS;
  }
}

/** Whether nothing has ended sessions since the limit, and no agent could see that at the last renewal. */
function isUnenforced({ fence }: Server): boolean {
  const { enforcedMs, limitMs, heartbeatMs } = fence.state;
  if (enforcedMs === null || heartbeatMs === null) return false;
  return enforcedMs < limitMs && heartbeatMs - enforcedMs <= UNSEEN_MS;
}
