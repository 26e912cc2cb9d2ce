import { HoldfastError } from '../../runtime/errors';
import { codeOf, type Session } from '../../runtime/postgres/session';
import { SLOT } from '../contract';
import { bool, number, text } from './rows';

/**
 * A restored copy of a database: nobody may write to it, and it must not act by itself. It comes up behind a closed fence,
 * because the lease in it is over or of another timeline; here that is made sure of, the jobs of the application are
 * switched off, and the slot that came with it is dropped, because it would keep the log for nobody.
 */

/** The job that ends sessions without a lease: it goes on. */
const OWN_JOB = 'holdfast-enforce';

/** A restored copy as it says itself. */
export interface RestoredStatus {
  readonly version: string;
  readonly system: string;
  readonly database: string;
  readonly position: string;
  readonly timeline: number;
  /** Whether no application may write. True as well where there is no fence and so no lease. */
  readonly closed: boolean;
  readonly epoch: number;
  /** Jobs of the application that run. */
  readonly activeJobs: number;
}

/** What answers is no restored copy that could be filled. */
export class NotRestored extends HoldfastError {}

const STATUS = `
SELECT current_setting('server_version') AS version, current_database()::text AS database,
       (SELECT system_identifier::text FROM pg_control_system()) AS system, pg_current_wal_lsn()::text AS position,
       ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS timeline`;
const FENCE = 'SELECT holdfast.is_open() AS open, epoch FROM holdfast.lease';
const JOBS = 'SELECT count(*)::int AS jobs FROM cron.job WHERE active AND jobname IS DISTINCT FROM $1';

/** @throws {NotRestored} if it is a replica */
export async function statusOf(session: Session): Promise<RestoredStatus> {
  const [recovery] = await session.query('SELECT pg_is_in_recovery() AS replica');
  if (bool(recovery, 'replica')) throw new NotRestored('The database is a replica and no restored copy.');
  const [row] = await session.query(STATUS);
  const [fence] = await whereThere(session, FENCE);
  const [jobs] = await whereThere(session, JOBS, [OWN_JOB]);
  return {
    version: text(row, 'version'),
    system: text(row, 'system'),
    database: text(row, 'database'),
    position: text(row, 'position'),
    timeline: number(row, 'timeline'),
    closed: fence ? !bool(fence, 'open') : true,
    epoch: fence ? number(fence, 'epoch') : 0,
    activeJobs: jobs ? number(jobs, 'jobs') : 0,
  };
}

/** Closes and quiets a restored copy. Done again it does nothing. @throws {NotRestored} */
export async function prepare(session: Session): Promise<RestoredStatus> {
  const status = await statusOf(session);
  await whereThere(
    session,
    'SELECT cron.alter_job(jobid, active := false) FROM cron.job WHERE active AND jobname IS DISTINCT FROM $1',
    [OWN_JOB],
  );
  if (!status.closed) await closeLease(session);
  await session.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
    [SLOT],
  );
  return statusOf(session);
}

/** Sessions are ended by a statement of its own, once the roles that may not log in are committed. */
async function closeLease(session: Session): Promise<void> {
  await session.query('SELECT holdfast.close_lease(epoch, version + 1) FROM holdfast.lease');
  await session.query('SELECT holdfast.end_sessions()');
}

/** SQLSTATEs of a schema, table or function that is not there. */
const ABSENT = /^(3F000|42P01|42883)$/;

/** A database without the fence or without pg_cron has none of it to be asked. */
async function whereThere(session: Session, sql: string, parameters: readonly unknown[] = []) {
  try {
    return await session.query(sql, parameters);
  } catch (error) {
    if (ABSENT.test(codeOf(error))) return [];
    throw error;
  }
}
