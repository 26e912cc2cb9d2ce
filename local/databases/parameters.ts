/** What an instance's parameter group means for a PostgreSQL on this machine. */

export interface LocalParameters {
  /** Settings for the command line of the server. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether sessions without TLS are refused. */
  readonly forceTls: boolean;
  /** Database in which the jobs of pg_cron run; undefined if the group does not load it. */
  readonly cronDatabase: string | undefined;
}

/** A class has hundreds of connections; what they cost in memory is not this machine's to give. */
const MOST_CONNECTIONS = 100;
/** What RDS gives every instance, where it differs from PostgreSQL's own defaults. */
const RDS_DEFAULTS = {
  max_connections: String(MOST_CONNECTIONS),
  max_wal_senders: '20',
  max_replication_slots: '20',
  max_worker_processes: '8',
  max_locks_per_transaction: '64',
  max_prepared_transactions: '0',
  track_commit_timestamp: 'off',
  // What was acknowledged is in the log: it survives the end of the processes.
  synchronous_commit: 'on',
  // A replica can be copied only if its source writes them.
  full_page_writes: 'on',
  // As with segments of the usual size; a segment is small here, because one is archived every few seconds.
  min_wal_size: '80MB',
  max_wal_size: '1GB',
} as const;
/** Sizes for the memory of an instance class, and what only the service itself may decide. */
const NOT_HERE =
  /^(rds\.|shared_buffers$|huge_pages$|wal_buffers$|archive_|ssl|listen_addresses$|port$|unix_socket_|.*_(directory|file)$)/;
/** Libraries that the PostgreSQL of this machine brings; of the rest nothing is loaded. */
const LIBRARIES = ['pg_stat_statements', 'auto_explain', 'pg_prewarm'];

const isOn = (value: string | undefined): boolean => value === '1' || value === 'on' || value === 'true';

/** @param group name -> value as RDS stores it; formulas over the instance class keep PostgreSQL's default */
export function localParameters(group: Readonly<Record<string, string>>): LocalParameters {
  const own = Object.entries(group).filter(([name, value]) => !NOT_HERE.test(name) && !/[{(]/.test(value));
  const libraries = (group.shared_preload_libraries ?? '').split(',').map((name) => name.trim());
  const settings: Record<string, string> = { ...RDS_DEFAULTS, ...Object.fromEntries(own) };
  settings.max_connections = String(Math.min(Number(settings.max_connections), MOST_CONNECTIONS));
  settings.wal_level = isOn(group['rds.logical_replication']) ? 'logical' : 'replica';
  settings.shared_preload_libraries = libraries.filter((name) => LIBRARIES.includes(name)).join(',');
  return {
    settings,
    forceTls: isOn(group['rds.force_ssl']),
    cronDatabase: libraries.includes('pg_cron') ? (group['cron.database_name'] ?? 'postgres') : undefined,
  };
}
