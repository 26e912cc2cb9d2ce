import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Observer } from '../world/observer';
import type { SideName } from '../world/places';
import type { Server } from '../world/server';
import type { Simulation } from '../world/simulation';
import { nameOf, type Report } from './violation';

/** What leases may be given out: invariants 4, 5 and 6 as far as they are about the fence and not about commits. */

/** An agent does not renew on a run of enforcement that is older, in milliseconds. */
const ENFORCED_MS = 10_000;
/** How many versions of the record a lease can be of. */
const REMEMBERED = 100;
/** What steps of a database's clock may come to that are no fault of their own class, in milliseconds. */
const CLOCK_STEPS_MS = 3_200;

export class Leases implements Observer {
  /** The lease of the highest epoch that was ever opened; every server but its own is superseded. */
  highest: { readonly epoch: number; readonly server: Server } | undefined;
  private readonly limitMs = new Map<Server, number>();
  private readonly closed = new Set<Server>();
  /** When each of the last versions of the record was written. */
  private readonly written = new Map<number, { readonly atMs: number; readonly ttlSeconds: number }>();

  constructor(
    private readonly simulation: Simulation,
    private readonly report: Report,
  ) {}

  /** When the last lease of a server ends, on its clock: one that was closed ended then. */
  limitOf(server: Server): number {
    return this.limitMs.get(server) ?? 0;
  }

  recordWritten({ version, ttlSeconds }: LeadershipRecord): void {
    this.written.set(version, { atMs: this.simulation.scheduler.now, ttlSeconds });
    this.written.delete(version - REMEMBERED);
  }

  leased(server: Server, what: 'renewed' | 'opened' | 'closed', { epoch }: { readonly epoch: number }): void {
    if (what === 'closed') {
      this.closed.add(server);
      this.limitMs.set(server, server.clockMs());
      return;
    }
    if (what === 'renewed' && this.closed.has(server)) {
      this.report(6, `A renewal opens the lease in ${nameOf(server)}, which was closed.`);
    }
    this.closed.delete(server);
    this.limitMs.set(server, server.fence.state.limitMs);
    this.checkVersion(server, what);
    this.checkEpoch(server, epoch, what);
  }

  promoted(_region: SideName, server: Server): void {
    if (server.takesWrites()) this.report(6, `${nameOf(server)} takes writes as soon as it is promoted.`);
  }

  private checkEpoch(server: Server, epoch: number, what: string): void {
    const { highest } = this;
    // A renewal that was under way for long may arrive then; its limit has passed.
    if (highest && epoch < highest.epoch && server !== highest.server && server.takesWrites()) {
      const after = `after one of epoch ${highest.epoch} was opened`;
      this.report(6, `The lease of epoch ${epoch} is ${what} in ${nameOf(server)} ${after}.`);
    }
    if (!highest || epoch >= highest.epoch) this.highest = { epoch, server };
  }

  private checkVersion(server: Server, what: string): void {
    const { version, limitMs, enforcedMs } = server.fence.state;
    const written = this.written.get(version);
    if (!written) return;
    const lengthMs = written.ttlSeconds * 1000;
    // A lease ends at most T after the write of its version: the watch of the other side begins with that write.
    const thenMs = server.clockMs() - (this.simulation.scheduler.now - written.atMs);
    const beyondMs = limitMs - thenMs - lengthMs;
    if (beyondMs > CLOCK_STEPS_MS) {
      const by = (beyondMs / 1000).toFixed(1);
      this.report(
        5,
        `The lease of version ${version} in ${nameOf(server)} ends ${by} s later than its record promises.`,
      );
    }
    // The limit tells when the agent looked; what is stamped now was not stamped later than it saw.
    const lookedMs = limitMs - lengthMs;
    if (enforcedMs === null || lookedMs - enforcedMs > ENFORCED_MS + CLOCK_STEPS_MS) {
      this.report(4, `The lease is ${what} in ${nameOf(server)} though nothing has ended sessions for long.`);
    }
  }
}
