import type { Series, SeriesKind } from './series-types';

const postgres = (
  name: string,
  kind: SeriesKind,
  unit: string,
  labels: readonly string[],
  meaning: string,
): Series => ({ name: `pg_${name}`, kind, source: 'postgres', labels: ['job', ...labels], unit, meaning });

const SESSION = [
  'datname',
  'state',
  'usename',
  'application_name',
  'backend_type',
  'wait_event_type',
  'wait_event',
];
const DATABASE = ['datid', 'datname'];
const STATEMENT = ['user', 'datname', 'queryid'];

/** One of the counters of `pg_stat_database`, which the exporter names without `_total`. */
const ofDatabase = (name: string, unit: string, meaning: string): Series =>
  postgres(`stat_database_${name}`, 'counter', unit, DATABASE, meaning);

/**
 * What postgres_exporter 0.20 reads of the database of its own region, with the collectors of its defaults,
 * `database_wraparound` and `stat_statements`. Release 0.20 renamed the metrics of the replication slots.
 * https://github.com/prometheus-community/postgres_exporter
 */
export const POSTGRES: readonly Series[] = [
  postgres('up', 'gauge', '1', [], '1 if the exporter could log in.'),
  postgres('settings_max_connections', 'gauge', 'connections', [], 'Sessions that the instance admits.'),
  postgres('stat_activity_count', 'gauge', 'sessions', SESSION, 'Sessions, by what they do at the moment.'),
  postgres(
    'stat_activity_max_tx_duration',
    'gauge',
    'seconds',
    SESSION,
    'Age of the oldest transaction among such sessions; 0 where there is none.',
  ),
  postgres('stat_database_numbackends', 'gauge', 'sessions', DATABASE, 'Sessions in a database.'),
  ofDatabase('xact_commit', 'transactions', 'Transactions committed.'),
  ofDatabase('xact_rollback', 'transactions', 'Transactions rolled back.'),
  ofDatabase('active_time_seconds_total', 'seconds', 'Time that statements took.'),
  ofDatabase('blks_hit', 'blocks', 'Blocks that were found in memory.'),
  ofDatabase('blks_read', 'blocks', 'Blocks that were read from disk.'),
  ofDatabase('tup_returned', 'rows', 'Rows that scans looked at.'),
  ofDatabase('tup_fetched', 'rows', 'Rows that queries fetched.'),
  ofDatabase('deadlocks', 'deadlocks', 'Deadlocks found.'),
  ofDatabase('temp_bytes', 'bytes', 'What queries wrote to temporary files.'),
  postgres('database_size_bytes', 'gauge', 'bytes', ['datname'], 'Size of a database on disk.'),
  postgres(
    'database_wraparound_age_datfrozenxid_seconds',
    'gauge',
    'transactions',
    ['datname'],
    'Age of the oldest transaction id that is not frozen, in transactions, whatever the name says.',
  ),
  postgres('replication_lag_seconds', 'gauge', 'seconds', [], 'Replay lag of a replica; 0 on a primary.'),
  postgres('replication_is_replica', 'gauge', '1', [], '1 on a replica, 0 on a primary.'),
  postgres(
    'replication_slots_slot_is_active',
    'gauge',
    '1',
    ['slot_name', 'slot_type'],
    '1 while somebody reads from the slot.',
  ),
  postgres(
    'replication_slots_pg_wal_lsn_diff',
    'gauge',
    'bytes',
    ['slot_name', 'database'],
    'Log that the slot keeps from being removed.',
  ),
  postgres(
    'replication_slots_safe_wal_size_bytes',
    'gauge',
    'bytes',
    ['slot_name', 'slot_type'],
    'Log that may still be written before the slot may lose what it needs.',
  ),
  postgres('locks_count', 'gauge', 'locks', ['datname', 'mode'], 'Locks held or waited for, by mode.'),
  postgres('stat_statements_calls_total', 'counter', 'calls', STATEMENT, 'Times that a statement ran.'),
  postgres(
    'stat_statements_seconds_total',
    'counter',
    'seconds',
    STATEMENT,
    'Time spent in a statement; of the hundred statements that took most.',
  ),
];
