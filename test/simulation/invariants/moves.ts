import { isProtected, type LeadershipRecord } from '../../../lambda/leader/record';
import { bytesBetween } from '../../../lambda/runtime/lsn';
import type { Observer } from '../world/observer';
import type { SideName } from '../world/places';
import type { Server } from '../world/server';
import type { Simulation } from '../world/simulation';
import type { Report } from './violation';

/** Invariants 2, 5, 7 and the order of the states: every write of the record is checked against what is true then. */

/** Clocks of hosts drift by this part at most, so a watch may be that much shorter in true time. */
const DRIFT = 0.001;
/** What a replica may be behind beyond the gate between an agent's look and its claim, in seconds. */
const LOOK_SECONDS = 15;

export class Moves implements Observer {
  /** Unplanned moves that were carried out. */
  private lastUnplannedMs: number | undefined;
  private writtenMs = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly report: Report,
  ) {}

  recordWritten(record: LeadershipRecord, before: LeadershipRecord | undefined, byHost: string): void {
    if (before) {
      this.checkOrder(record, before, byHost);
      if (record.holder !== before.holder) this.checkMove(record, before, byHost);
      if (record.state === 'DRAINING' && before.state !== 'DRAINING') this.checkAsked(record, byHost);
      if (before.state === 'PROMOTING') this.checkPromoted(record, before);
    }
    this.writtenMs = this.simulation.scheduler.now;
  }

  promotionAccepted(region: SideName, _server: Server, byAgent: boolean): void {
    const { record } = this.simulation.table;
    if (!byAgent || (record?.state === 'PROMOTING' && record.holder === region)) return;
    this.report(5, `${region} asks RDS for a promotion while ${record?.holder} is in ${record?.state}.`);
  }

  private checkOrder(record: LeadershipRecord, before: LeadershipRecord, byHost: string): void {
    if (record.version !== before.version + 1) {
      this.report(2, `${byHost} writes version ${record.version} over version ${before.version}.`);
    }
    const grown = record.epoch - before.epoch;
    const moved = record.holder !== before.holder;
    if (grown !== (moved ? 1 : 0)) {
      this.report(
        2,
        `${byHost} writes epoch ${record.epoch} of ${record.holder} over epoch ${before.epoch} of ${before.holder}.`,
      );
    }
  }

  /** Handing over is asked for by a person, or by an agent whose platform file allows it for an application outage. */
  private checkAsked({ operation }: LeadershipRecord, byHost: string): void {
    const { failOverOnApplicationOutage } = this.simulation.beginning.settings;
    const allowed = operation?.kind === 'application-outage' && failOverOnApplicationOutage;
    if (byHost !== 'operator' && !allowed)
      this.report(7, `${byHost} begins a ${operation?.kind} that no person asked for.`);
  }

  private checkMove(record: LeadershipRecord, before: LeadershipRecord, byHost: string): void {
    const reason = record.history.at(-1)?.reason;
    if (reason !== 'withdrawn' && before.frozen)
      this.report(7, `${byHost} claims the lead of a frozen platform.`);
    if (reason === 'withdrawn') {
      if (before.state !== 'CLAIMED') this.report(5, `${byHost} gives a claim back in ${before.state}.`);
      return;
    }
    this.checkClosed(before, byHost);
    const handedOver = reason === 'switchover' || reason === 'application-outage';
    if (handedOver) {
      if (before.state !== 'HANDOFF') this.report(5, `${byHost} claims for a ${reason} in ${before.state}.`);
    } else this.checkWatch(before, byHost);
    if (reason === 'takeover') this.checkTakeover(record, before, byHost);
    if (reason === 'application-outage') this.checkRate(record, before, byHost);
  }

  /** Whoever claims, the former holder's database takes no writes any more. */
  private checkClosed(before: LeadershipRecord, byHost: string): void {
    const open = this.simulation.servers.find(
      (server) => server.takesWrites() && server.place === before.holder,
    );
    if (open)
      this.report(5, `${byHost} claims the lead while the database in ${open.place} still takes writes.`);
  }

  private checkWatch(before: LeadershipRecord, byHost: string): void {
    const silentMs = this.simulation.scheduler.now - this.writtenMs;
    const leastMs = (before.ttlSeconds + 2 * before.enforceSeconds) * 1000 * (1 - DRIFT);
    if (silentMs >= leastMs) return;
    const silent = (silentMs / 1000).toFixed(1);
    this.report(
      5,
      `${byHost} claims the lead ${silent} s after the last renewal; a watch lasts ${Math.round(leastMs / 1000)} s and more.`,
    );
  }

  private checkTakeover(record: LeadershipRecord, before: LeadershipRecord, byHost: string): void {
    const handsOver = before.state === 'DRAINING' || before.state === 'HANDOFF';
    if (!isProtected(before) && !handsOver) {
      this.report(7, `${byHost} takes the lead of a platform that is not protected (${before.state}).`);
    }
    this.checkRate(record, before, byHost);
    this.checkLag(record, before, byHost);
  }

  private checkRate({ holder }: LeadershipRecord, before: LeadershipRecord, byHost: string): void {
    const { scheduler, agents } = this.simulation;
    const agent = Object.entries(agents).find(([name]) => name === holder)?.[1];
    const leastMs = (agent?.settings.minimumSecondsBetweenMoves ?? 0) * 1000 * (1 - DRIFT) - 2_000;
    if (this.lastUnplannedMs !== undefined && scheduler.now - this.lastUnplannedMs < leastMs) {
      this.report(
        7,
        `${byHost} takes the lead from ${before.holder} too soon after its last unplanned move.`,
      );
    }
  }

  private checkLag({ holder }: LeadershipRecord, before: LeadershipRecord, byHost: string): void {
    const side = Object.values(this.simulation.sides).find(({ name }) => name === holder);
    const status = side?.rds.server?.status();
    if (!status || before.databaseTime === null) return;
    const behind =
      status.heartbeatMs === null ? undefined : (Date.parse(before.databaseTime) - status.heartbeatMs) / 1000;
    const gate = this.simulation.beginning.settings.lagGateSeconds;
    const caughtUp = before.walLsn !== null && bytesBetween(status.lsn, before.walLsn) <= 0n;
    if (!caughtUp && (behind === undefined || behind > gate + LOOK_SECONDS)) {
      this.report(
        5,
        `${byHost} takes the lead with a replica that is ${behind ?? 'an unknown number of'} s behind.`,
      );
    }
  }

  private checkPromoted(record: LeadershipRecord, before: LeadershipRecord): void {
    const kept = record.holder === before.holder && record.epoch === before.epoch;
    if (!kept || (record.state !== 'PROMOTING' && record.state !== 'SERVING')) {
      this.report(
        5,
        `${before.holder} leaves PROMOTING for ${record.state} of ${record.holder}: there is no way back.`,
      );
    }
    if (record.state !== 'SERVING') return;
    const reason = record.history.at(-1)?.reason;
    if (reason === 'takeover' || reason === 'application-outage')
      this.lastUnplannedMs = this.simulation.scheduler.now;
    const side = Object.values(this.simulation.sides).find(({ name }) => name === record.holder);
    const server = side?.rds.server;
    if (!server || server.inRecovery || server.fence.state.epoch !== record.epoch) {
      this.report(
        3,
        `The record says that ${record.holder} serves in epoch ${record.epoch}, and no lease was opened there.`,
      );
    }
  }
}
