import { appended, formerHolder, stateIfWithdrawn } from './history';
import {
  hasMoved,
  type LeadershipRecord,
  type Operation,
  type PromotedFrom,
  type Reason,
  TASKS,
  type Task,
} from './record';

/**
 * The next record for each transition, so that nobody spells its fields by hand. A step only builds: whether it may be
 * taken is `checkTransition`'s to say, and `replaceRecord` asks it before every write.
 */

/** What the holder knows at a renewal. */
export interface Renewal {
  /** The clock of its database, ISO 8601. */
  readonly databaseTime: string | null;
  /** The write position of its database. */
  readonly walLsn: string | null;
  /** Length of the longest lease that may be out there. */
  readonly ttlSeconds: number;
  readonly enforceSeconds: number;
  /** 0 if its database answers. */
  readonly outageSeconds: number;
}

/** Reasons of a claim. */
export type ClaimReason = Exclude<Reason, 'first' | 'withdrawn'>;

/** What each step has in common. */
const next = (record: LeadershipRecord, changes: Partial<LeadershipRecord>): LeadershipRecord => ({
  ...record,
  ...changes,
  version: record.version + 1,
});

/**
 * The holder is alive. What is left out stays as it is: without its database, `{ outageSeconds }` alone. With it go the
 * tasks that are still to be done, and since when it serves if this is its first renewal.
 */
export const renewed = (
  record: LeadershipRecord,
  renewal: Partial<Renewal & Pick<LeadershipRecord, 'pending' | 'servingSince'>>,
): LeadershipRecord => next(record, renewal);

/**
 * `by` takes the lead. Positions, times, tasks and operation stay as the former holder left them: they are what the
 * claimant is measured by, and what counts again if the claim is given back.
 * @param reason `switchover` and `application-outage` out of HANDOFF only, `forced` only for the operation `force`
 * @param sentence for a person: why
 */
export const claimed = (
  record: LeadershipRecord,
  by: string,
  reason: ClaimReason,
  sentence: string,
): LeadershipRecord => moved(record, by, reason, sentence, { state: 'CLAIMED', outageSeconds: 0 });

/**
 * A claim is given back: the former holder leads again, at a higher epoch and as protected as it was.
 * @param record in CLAIMED
 */
export const withdrawn = (record: LeadershipRecord, sentence: string): LeadershipRecord =>
  moved(record, formerHolder(record.history) ?? record.holder, 'withdrawn', sentence, {
    state: stateIfWithdrawn(record.history),
    outageSeconds: 0,
    operation: null,
  });

/** To be written before RDS is asked: from here on there is no way back. */
export const promoting = (record: LeadershipRecord, promotedFrom: PromotedFrom): LeadershipRecord =>
  next(record, { state: 'PROMOTING', promotedFrom });

/**
 * The move is done: the lease is open at this epoch. All tasks of a new holder are pending, and the operation that led
 * here is over; only a failback that has been asked for meanwhile stays.
 * @param record in PROMOTING, or in CLAIMED without a managed database
 */
export const serving = (
  record: LeadershipRecord,
  renewal: Omit<Renewal, 'outageSeconds'>,
): LeadershipRecord =>
  next(record, {
    ...renewal,
    state: 'SERVING',
    outageSeconds: 0,
    servingSince: renewal.databaseTime,
    pending: TASKS,
    operation:
      record.operation?.kind === 'failback' && record.operation.to !== record.holder
        ? record.operation
        : null,
  });

/** @param operation `switchover` or `application-outage` */
export const draining = (record: LeadershipRecord, operation: Operation): LeadershipRecord =>
  next(record, { state: 'DRAINING', operation });

/** @param walLsn the last position of the holder's log that counts; null without a managed database */
export const handedOff = (record: LeadershipRecord, walLsn: string | null): LeadershipRecord =>
  next(record, { state: 'HANDOFF', walLsn });

/** The holder goes on, out of DRAINING or HANDOFF: its lease is to be opened again by the version of this record. */
export const abandoned = (record: LeadershipRecord): LeadershipRecord =>
  next(record, { state: hasMoved(record) ? 'PROTECTED' : 'SERVING', operation: null });

/** @param operation `failback` */
export const rebuilding = (record: LeadershipRecord, operation: Operation): LeadershipRecord =>
  next(record, { state: 'REBUILDING', operation });

/** The other side is a replica again and keeps up. Ends the failback, but no other operation. */
export const protectedAgain = (record: LeadershipRecord): LeadershipRecord =>
  next(record, {
    state: 'PROTECTED',
    operation: record.operation?.kind === 'failback' ? null : record.operation,
  });

/** @param isFrozen false: thawed */
export const frozen = (record: LeadershipRecord, isFrozen: boolean): LeadershipRecord =>
  next(record, { frozen: isFrozen });

/** Sets an operation without a change of state (`force`), or clears the one that is there. */
export const withOperation = (record: LeadershipRecord, operation: Operation | null): LeadershipRecord =>
  next(record, { operation });

export const taskDone = (record: LeadershipRecord, task: Task): LeadershipRecord =>
  next(record, { pending: record.pending.filter((one) => one !== task) });

/** A change of holder, which alone raises the epoch and lengthens the history. */
function moved(
  record: LeadershipRecord,
  holder: string,
  reason: Reason,
  sentence: string,
  changes: Partial<LeadershipRecord>,
): LeadershipRecord {
  const epoch = record.epoch + 1;
  const history = appended(record.history, { epoch, holder, reason, sentence });
  return next(record, { ...changes, epoch, holder, history });
}
