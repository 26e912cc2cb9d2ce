import { moves } from '../leader/history';
import { isProtected, type LeadershipRecord } from '../leader/record';
import { lagOf } from './lag';
import { ifKnown, whyNot } from './observation';
import type { DatabaseStatus, InstanceStatus } from './ports';
import { inSeconds, type Situation } from './situation';

/**
 * The one place that says why a region may not take over now. How long the record was watched is not asked here: that is
 * no property of the region.
 */

/** @returns one sentence, or undefined if nothing stands against a takeover by the own region */
export function limitation(situation: Situation): string | undefined {
  return ofTheRecord(situation) ?? (situation.managed ? ofTheReplica(situation) : undefined);
}

/** Whether a person has accepted what a takeover may cost. */
export const isForced = ({ record, settings }: Pick<Situation, 'record' | 'settings'>): boolean =>
  record.operation?.kind === 'force' && record.operation.to === settings.own;

/** Handing over was begun out of a protected state, so the other side is as fit as it was. */
const handsOver = (record: LeadershipRecord): boolean =>
  record.state === 'DRAINING' || record.state === 'HANDOFF';

function ofTheRecord(situation: Situation): string | undefined {
  const { record, settings } = situation;
  if (record.frozen) return 'An operator has frozen the platform: no region takes over until it is thawed.';
  if (isForced(situation)) return undefined;
  if (!isProtected(record) && !handsOver(record)) {
    return `The platform is not protected (${record.state} after a move): rebuild ${settings.own} first, by: npx holdfast failback.`;
  }
  // A planned move is asked for by a person, and whether one without a person may begin was asked before it began.
  return handsOver(record) ? undefined : tooSoon(situation);
}

function tooSoon({ record, settings }: Situation): string | undefined {
  const last = moves(record.history).at(-1);
  if (last?.reason !== 'takeover' && last?.reason !== 'application-outage') return undefined;
  const { servingSince, databaseTime } = record;
  // Both are the holder's own, so that no two clocks are compared. Without one of them it has never renewed.
  const seconds =
    servingSince === null || databaseTime === null
      ? 0
      : inSeconds(Date.parse(databaseTime) - Date.parse(servingSince));
  if (seconds >= settings.minimumSecondsBetweenMoves) return undefined;
  return `${record.holder} took over by itself and had served ${seconds} s since; at most one such move in ${settings.minimumSecondsBetweenMoves} s.`;
}

function ofTheReplica(situation: Situation): string | undefined {
  const { seen, settings, memory } = situation;
  const database = ifKnown(seen.database);
  if (!database) return `The database in ${settings.own} does not answer. ${whyNot(seen.database)}`;
  if (!database.inRecovery) {
    const mayBeAdopted = isForced(situation) && isPromotedReplica(database, situation.record.epoch);
    return mayBeAdopted ? undefined : byHand(settings.own);
  }
  // Asked in every turn in which a claim may follow, and else what it said last.
  const said = seen.instance ?? memory.instance?.said;
  const instance = ifKnown(said);
  if (!said?.known) return `RDS tells nothing of ${settings.own}. ${whyNot(said)}`;
  if (!instance) return `There is no database instance in ${settings.own}.`;
  if (instance.source === null)
    return `The database in ${settings.own} replays a log, but RDS calls it no replica.`;
  if (!isPromotable(instance)) {
    return `The replica in ${settings.own} is ${instance.status}, and RDS promotes only what is available.`;
  }
  return isForced(situation) ? undefined : tooFarBehind(situation, database);
}

/**
 * RDS promotes an instance that is in operation; one whose volume is being optimized is, for hours after it has grown.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
 */
const PROMOTABLE: readonly string[] = ['available', 'storage-optimization'];

export const isPromotable = ({ source, status }: InstanceStatus): boolean =>
  source !== null && PROMOTABLE.includes(status);

/**
 * Whether a primary is a promoted replica of who led in `epoch`, and no side that was left: its lease came with the log of
 * that one, and a promotion began a timeline of its own.
 */
export const isPromotedReplica = ({ lease, timeline }: DatabaseStatus, epoch: number): boolean =>
  lease.timeline !== timeline && lease.epoch >= epoch;

const byHand = (region: string): string =>
  `The database in ${region} is no replica any more: a person has promoted it, or it was left in a move.`;

function tooFarBehind({ record, settings }: Situation, replica: DatabaseStatus): string | undefined {
  const { seconds, bytes } = lagOf(record, replica);
  if (seconds === undefined)
    return 'How far the replica is behind is not known: no heartbeat of the writer has arrived.';
  if (seconds <= settings.lagGateSeconds) return undefined;
  const missing = bytes === undefined ? '' : ` and ${bytes} bytes`;
  return `The replica is ${Math.round(seconds)} s${missing} behind; the gate is ${settings.lagGateSeconds} s. A person decides: npx holdfast failover --force.`;
}
