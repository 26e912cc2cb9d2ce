import type { LeadershipRecord } from '../../leader/record';
import type { DatabaseStatus, Lease } from '../ports';
import type { Situation } from '../situation';

/** What the holder knows of the lease in its database, and how it makes the next one. */

/** A lease is not renewed when sessions without one were looked for longer ago than this, in seconds. */
export const ENFORCED_SECONDS_MAX = 10;

/** Whether the database takes writes now, by its own clock. */
export const takesWrites = (database: DatabaseStatus): boolean =>
  !database.inRecovery &&
  !database.lease.closed &&
  database.lease.timeline === database.timeline &&
  database.clockMs < database.lease.limitMs;

/** @returns why the holder may not have a lease in its database, in one sentence; undefined if it may */
export const obstacle = (situation: Situation, database: DatabaseStatus): string | undefined =>
  unfit(situation, database) ?? otherTimeline(situation, database);

function otherTimeline({ settings }: Situation, { lease, timeline }: DatabaseStatus): string | undefined {
  return lease.timeline === 0 || lease.timeline === timeline
    ? undefined
    : `The database in ${settings.own} was restored or promoted by hand (timeline ${timeline}, leased was ${lease.timeline}): it stays closed.`;
}

/** The same for one that was promoted in this move: its timeline differs from the one that was leased. */
export function unfit({ record, settings }: Situation, database: DatabaseStatus): string | undefined {
  const { lease, enforcedAgoSeconds } = database;
  if (database.inRecovery) return `The database in ${settings.own} is a replica and takes no writes.`;
  if (lease.epoch > record.epoch) {
    return `The fence is at epoch ${lease.epoch} and the record at ${record.epoch}: somebody has changed one of them by hand.`;
  }
  if (enforcedAgoSeconds === null || enforcedAgoSeconds > ENFORCED_SECONDS_MAX) {
    const last = enforcedAgoSeconds === null ? 'never' : `${Math.round(enforcedAgoSeconds)} s ago`;
    return `Sessions without a lease were looked for ${last}: pg_cron does not run, so the lease is not renewed.`;
  }
  return undefined;
}

/** Whether a lease must be opened anew: renewing does not open what is closed or of an earlier epoch. */
export const mustOpen = (record: LeadershipRecord, { lease }: DatabaseStatus): boolean =>
  lease.epoch < record.epoch || lease.closed;

/**
 * How long a lease may be out there, for the record. It may shrink only after the last lease that was written to the
 * record is the one in the database: until then an older and longer one may still arrive.
 */
export function ttlSeconds({ record, settings }: Situation, { lease, clockMs }: DatabaseStatus): number {
  if (lease.version !== record.version) return Math.max(settings.leaseSeconds, record.ttlSeconds);
  const left = Math.ceil((lease.limitMs - clockMs) / 1000);
  return Math.max(settings.leaseSeconds, left);
}

/** The lease that belongs to a record which is about to be written: by the clock that was read before the write. */
export const leaseOf = (next: LeadershipRecord, database: DatabaseStatus, seconds: number): Lease => ({
  epoch: next.epoch,
  version: next.version,
  limitMs: Math.floor(database.clockMs) + seconds * 1000,
});

/** What a record says of the database it was renewed by. */
export const positionOf = (
  database: DatabaseStatus,
): { readonly databaseTime: string; readonly walLsn: string } => ({
  databaseTime: new Date(database.clockMs).toISOString(),
  walLsn: database.lsn,
});
