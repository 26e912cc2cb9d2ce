import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Observer } from '../world/observer';
import type { Simulation } from '../world/simulation';
import type { Report } from './violation';

/** Invariant 8: what was acknowledged before a planned move is in the database that serves after it. */
export class Switchovers implements Observer {
  done = 0;
  /** Acknowledged commits that were looked for, and those that were not found. */
  acknowledged = 0;
  lost = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly report: Report,
  ) {}

  recordWritten(record: LeadershipRecord, before: LeadershipRecord | undefined): void {
    const arrived = before?.state === 'PROMOTING' && record.state === 'SERVING';
    const reason = record.history.at(-1)?.reason;
    if (!arrived || (reason !== 'switchover' && reason !== 'application-outage')) return;
    this.done += 1;
    const from = record.history.at(-2);
    const here = Object.values(this.simulation.sides).find(({ name }) => name === record.holder)?.rds.server;
    const kept = new Set(here?.wal.entries.flatMap(({ commit }) => (commit ? [commit.id] : [])));
    for (const commit of this.simulation.commits) {
      // What an earlier, unplanned move lost is not this one's.
      if (!commit.acknowledged || commit.epoch !== from?.epoch) continue;
      this.acknowledged += 1;
      if (kept.has(commit.id)) continue;
      this.lost += 1;
      this.report(
        8,
        `Transaction ${commit.id} was acknowledged in ${commit.region} and is lost by the ${reason}.`,
      );
    }
  }
}
