/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** JSON: name of a secret -> how it is rotated (`SecretKind`). */
  secrets: 'ROTATED_SECRETS',
  /** Present if there is a managed database. */
  databaseHost: 'DATABASE_HOST',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  databaseIdentifier: 'DATABASE_IDENTIFIER',
  /** Name of the secret with the owner's credential, for creating application users. */
  ownerSecret: 'DATABASE_OWNER_SECRET',
  /** Present if there is a cache. */
  cacheIdentifier: 'CACHE_IDENTIFIER',
  /** Clusters, of the same names in both regions, whose services may read the secrets; comma-separated. */
  readersClusters: 'READERS_CLUSTERS',
  /** Regions with such clusters, comma-separated. The token of a cache is read in its own region only. */
  readersRegions: 'READERS_REGIONS',
} as const;

/**
 * Tag of an ECS service that names the secrets which its tasks read when they start, and never again: names without that
 * of the platform, separated by spaces. A tag, and not a list in this function's environment: that has 4 KB, and would
 * change with every service.
 */
export const READS_TAG = 'holdfast:secrets';

/**
 * - `database-owner`: the master user, through the RDS API, so that CloudFormation's view stays true.
 * - `database-application`: two users in turn, so that sessions of the old one live on until the next rotation.
 * - `database-agent`: the same for the users of the region agent, which have no right on any table.
 * - `database-archive`: the same for the users of the archiver, which may read the log of the server.
 * - `database-monitor`: the same for the users of the exporter of metrics, which may read statistics.
 * - `cache`: the authentication token of the replication group; the service accepts the old and the new one.
 * - `random`: a value that only its readers know.
 */
export type SecretKind =
  | 'database-owner'
  | 'database-application'
  | 'database-agent'
  | 'database-archive'
  | 'database-monitor'
  | 'cache'
  | 'random';

/** The two users of each kind that takes turns; the first is in the secret when it is made. */
export const APPLICATION_USERS = ['app_a', 'app_b'] as const;
export const AGENT_USERS = ['holdfast_agent_a', 'holdfast_agent_b'] as const;
export const ARCHIVE_USERS = ['holdfast_archive_a', 'holdfast_archive_b'] as const;
export const MONITOR_USERS = ['holdfast_monitor_a', 'holdfast_monitor_b'] as const;
/** Fields of the secret of an application user and of the owner. */
export const DATABASE_SECRET_FIELDS = ['username', 'password'] as const;
/** Field of the secret of the cache. */
export const CACHE_SECRET_FIELD = 'password';
/** Field of a generated secret. */
export const RANDOM_SECRET_FIELD = 'value';
