import type { ManagedDatabase } from '../config/platform';

/** Share of the storage that a stalled replication slot may fill with WAL before PostgreSQL drops it. */
const SLOT_SHARE = 0.35;
/** Slots and senders for replicas, the archive and a person at work, with room for those left over from a failover. */
const REPLICATION_CONNECTIONS = 20;
const PARALLEL_WORKERS = 8;

/**
 * Settings of the parameter group, the same in both regions: a replica must have at least its primary's
 * `max_connections`, `max_worker_processes`, `max_wal_senders`, `max_prepared_transactions` and
 * `max_locks_per_transaction`, and either side may become the primary.
 * https://www.postgresql.org/docs/17/hot-standby.html#HOT-STANDBY-ADMIN
 */
export function databaseParameters(database: ManagedDatabase): Record<string, string> {
  return {
    ...database.parameters,
    // WAL archiving by logical decoding; "is this transaction here?" rests on commit timestamps.
    'rds.logical_replication': '1',
    track_commit_timestamp: '1',
    max_replication_slots: String(REPLICATION_CONNECTIONS),
    max_wal_senders: String(REPLICATION_CONNECTIONS),
    max_slot_wal_keep_size: String(Math.floor(database.storage.gib * 1024 * SLOT_SHARE)),
    // The fence's job. Through libpq it could not connect when connections are exhausted, and as background workers
    // it starves behind parallel queries unless there are workers to spare.
    shared_preload_libraries: 'pg_stat_statements,pg_cron',
    'cron.database_name': database.name,
    'cron.use_background_workers': '1',
    'cron.log_run': '0',
    max_parallel_workers: String(PARALLEL_WORKERS),
    max_worker_processes: String(PARALLEL_WORKERS + 16),
    max_prepared_transactions: '0',
    max_connections: String(database.pool.maxConnections),
    'rds.force_ssl': '1',
    password_encryption: 'scram-sha-256',
    'rds.accepted_password_auth_method': 'scram',
    log_min_duration_statement: String(database.slowQueryMilliseconds),
    log_lock_waits: '1',
  };
}
