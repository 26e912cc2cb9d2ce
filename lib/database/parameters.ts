import type { ManagedDatabase } from '../config/platform';

/** Share of the storage that a stalled replication slot may fill with WAL before PostgreSQL drops it. */
export const SLOT_SHARE = 0.35;
/** Of the eight worker processes that RDS gives by default; the others stay free for the jobs of pg_cron. */
const PARALLEL_WORKERS = 2;

/**
 * Settings of the parameter group, the same in both regions: a replica must have at least its primary's
 * `max_connections`, `max_worker_processes`, `max_wal_senders`, `max_prepared_transactions` and
 * `max_locks_per_transaction`, and either side may become the primary.
 * https://www.postgresql.org/docs/17/hot-standby.html#HOT-STANDBY-ADMIN
 *
 * RDS makes a cross-region replica with the engine's own group and gives it ours only afterwards, so none of those may be
 * above what the class has by default, or the new replica could not start: slots, senders and worker processes keep the
 * defaults (20, 20 and 8), and parallel queries take few of the workers.
 */
export function databaseParameters(database: ManagedDatabase): Record<string, string> {
  return {
    ...database.parameters,
    // WAL archiving by logical decoding; "is this transaction here?" rests on commit timestamps.
    'rds.logical_replication': '1',
    track_commit_timestamp: '1',
    max_slot_wal_keep_size: String(Math.floor(database.storage.gib * 1024 * SLOT_SHARE)),
    // The fence's job. RDS runs the jobs of pg_cron in background workers, and starves them behind parallel queries
    // unless there are workers to spare.
    shared_preload_libraries: 'pg_stat_statements,pg_cron',
    'cron.database_name': database.name,
    'cron.log_run': 'off',
    max_parallel_workers: String(PARALLEL_WORKERS),
    max_connections: String(database.pool.maxConnections),
    'rds.force_ssl': '1',
    password_encryption: 'scram-sha-256',
    'rds.accepted_password_auth_method': 'scram',
    log_min_duration_statement: String(database.slowQueryMilliseconds),
    log_lock_waits: '1',
  };
}
