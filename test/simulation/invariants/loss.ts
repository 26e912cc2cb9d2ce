import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Observer } from '../world/observer';
import { HOME, type SideName, STANDBY } from '../world/places';
import type { Server } from '../world/server';
import type { Simulation } from '../world/simulation';
import type { Report } from './violation';

/** Invariant 12: how long it takes from the loss of home until the standby takes writes. */

/** Seconds that the design adds to T + 2E and the promotion: seen, poll, claim, record, verify, and the margin. */
const BEYOND_SECONDS = 35;

export interface LossFigures {
  /** Seconds from the loss until the standby's database takes writes; undefined if it never does. */
  readonly writableAfterSeconds: number | undefined;
  /** T + 2E + 35 + P of this history; undefined if nothing was promoted. */
  readonly boundSeconds: number | undefined;
  /** Whether the premises of invariant 12 were met. */
  readonly meetsPremises: boolean;
}

export class Loss implements Observer {
  private lostMs: number | undefined;
  private record: LeadershipRecord | undefined;
  private acceptedMs: number | undefined;
  private promotionMs: number | undefined;
  private writableMs: number | undefined;
  private fit = false;

  /** @param undisturbed whether the plan has nothing in it that touches the standby, the witness or the table */
  constructor(
    private readonly simulation: Simulation,
    private readonly undisturbed: boolean,
    private readonly report: Report,
  ) {}

  /** Home is gone, from now on and for good. */
  lost(): void {
    this.lostMs = this.simulation.scheduler.now;
    this.record = this.simulation.table.record;
    const { server, instances } = this.simulation.sides[STANDBY].rds;
    const available = [...instances.values()].some(
      (one) => one.server === server && one.status === 'available',
    );
    const record = this.record;
    const status = server?.running ? server.status() : undefined;
    // Before the first lease nothing tells how far the replica is behind.
    const heartbeatMs = status?.heartbeatMs ?? Number.NEGATIVE_INFINITY;
    const behindMs = Date.parse(record?.databaseTime ?? '') - heartbeatMs;
    const near = behindMs <= this.simulation.beginning.settings.lagGateSeconds * 1000 - 15_000;
    const serving =
      record?.state === 'SERVING' && record.holder === HOME && !record.frozen && !record.operation;
    this.fit = available && near && serving === true && status?.inRecovery === true;
  }

  promotionAccepted(region: SideName): void {
    if (region === STANDBY) this.acceptedMs ??= this.simulation.scheduler.now;
  }

  promoted(region: SideName): void {
    if (region !== STANDBY || this.acceptedMs === undefined) return;
    this.promotionMs ??= this.simulation.scheduler.now - this.acceptedMs;
  }

  leased(server: Server, what: 'renewed' | 'opened' | 'closed'): void {
    if (this.lostMs === undefined || what !== 'opened' || server.place !== STANDBY) return;
    this.writableMs ??= this.simulation.scheduler.now;
  }

  /** To be called at the end. @returns undefined if home was not lost for good */
  figures(): LossFigures | undefined {
    if (this.lostMs === undefined) return undefined;
    const { record, promotionMs, writableMs, lostMs } = this;
    const meetsPremises = this.undisturbed && this.fit;
    const writableAfterSeconds = writableMs === undefined ? undefined : (writableMs - lostMs) / 1000;
    const boundSeconds =
      promotionMs === undefined || !record
        ? undefined
        : record.ttlSeconds + 2 * record.enforceSeconds + BEYOND_SECONDS + promotionMs / 1000;
    if (meetsPremises) this.check(writableAfterSeconds, boundSeconds);
    return { writableAfterSeconds, boundSeconds, meetsPremises };
  }

  private check(after: number | undefined, bound: number | undefined): void {
    if (after === undefined || bound === undefined) {
      this.report(12, 'Home is lost, everything else is healthy, and the standby does not take writes.');
    } else if (after > bound) {
      this.report(
        12,
        `The standby takes writes ${after.toFixed(1)} s after the loss of home; the bound is ${bound.toFixed(1)} s.`,
      );
    }
  }
}
