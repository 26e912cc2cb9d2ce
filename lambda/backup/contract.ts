/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
  /** JSON: `BackupSettings`. */
  settings: 'BACKUP_SETTINGS',
} as const;

/** What a schedule can cover. */
export const COMPONENTS = ['database', 'cache', 'buckets', 'configuration'] as const;
export type Component = (typeof COMPONENTS)[number];

/** Every day at this time. */
export interface Schedule {
  /** Lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** UTC, `02:00`. */
  readonly at: string;
  readonly covers: readonly Component[];
}

/** How many copies are kept: the last ones of so many days, weeks and months. */
export interface KeepRule {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** What the function backs up and where to, from the region that it runs in. */
export interface BackupSettings {
  readonly platform: string;
  readonly account: string;
  /** Names of regions. */
  readonly own: string;
  readonly other: string;
  readonly schedules: readonly Schedule[];
  readonly keep: KeepRule;
  /** Buckets of the archive, where reports and manifests go. */
  readonly archive: { readonly own: string; readonly other: string };
  /** Alias of the key that encrypts what is kept, the same in both regions: `alias/<platform>-data`. */
  readonly keyAlias: string;
  /** Absent without a managed database. */
  readonly database?: DatabaseSettings;
  /** Absent without a cache. */
  readonly cache?: CacheSettings;
  readonly buckets: readonly BucketSettings[];
  readonly configuration: ConfigurationSettings;
}

export interface DatabaseSettings {
  /** Of the instance, the same in both regions. */
  readonly identifier: string;
  /** For how many days the automated backups are kept in the region that does not lead. */
  readonly retentionDays: number;
}

export interface CacheSettings {
  readonly replicationGroup: string;
  /** How often a snapshot is wished for; what the service allows at most is kept whatever is wished. */
  readonly everyMinutes: number;
  /** Last snapshots of so many days are kept, beside all of the last 24 hours. */
  readonly retentionDays: number;
  /** Bucket of the own region that ElastiCache writes exports into. */
  readonly exports: string;
}

export interface BucketSettings {
  /** As in the platform file. */
  readonly name: string;
  readonly own: string;
  readonly other: string;
  /** Whether the platform file asks for replication. */
  readonly replicate: boolean;
}

export interface ConfigurationSettings {
  /** Beginning of the names of the platform's secrets: `<platform>/`. */
  readonly secretPrefix: string;
  /** Secrets that each region has for itself. */
  readonly regionalSecrets: readonly string[];
  /** Beginning of the names of the platform's stacks in each of the two regions: `<Platform>-<region>-`. */
  readonly stackPrefixes: { readonly own: string; readonly other: string };
  readonly cluster: string;
}

/** Input of a start. What it says is written into the report; every start does whatever is due. */
export type StartInput =
  | { readonly start: 'schedule'; readonly schedule: string }
  | { readonly start: 'reconcile' };

/** Objects of this function in the archive's buckets. */
export const REPORTS = 'reports/backup/';
export const MANIFESTS = 'manifests/';
/** What a manifest is called that lacks something; it does not count as one. */
export const PARTIAL_ENDING = '.partial.json';
export const MANIFEST_ENDING = '.json';
/** What ElastiCache appends to the name of an export of a group with one shard. */
export const EXPORT_ENDING = '-0001.rdb';

/** Beginning of the names of the database's snapshots; schedule and time follow. */
export const databaseSnapshotPrefix = (identifier: string): string => `${identifier}-backup-`;
/** Beginning of the names of the cache's snapshots and exports; the time follows. */
export const cacheSnapshotPrefix = (platform: string): string => `${platform}-cache-`;

/** Tags by which the function knows its own snapshots. A snapshot that a person takes inherits other tags only. */
export const TAGS = {
  platform: 'holdfast:platform',
  part: 'holdfast:part',
  /** Name of the schedule. */
  schedule: 'holdfast:backup',
  /** The time for which it was taken, ISO 8601. */
  due: 'holdfast:due',
} as const;
/** Value of `TAGS.part`. */
export const PART = 'Backup';

/**
 * CloudWatch metrics, written as embedded metrics into the log. All have the dimension `Platform`; those of
 * `COMPONENT_METRICS` also `Component`. Each region reports what it holds itself, whether it leads or not, so that the
 * alarm on silence is the same in both: no value means that there is no good backup, or nobody who looks.
 */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /** 1 for each start that came to its end. */
  runs: 'BackupRuns',
  /** How many sentences of a report are failures. */
  failures: 'BackupFailures',
  /** 1 if a quota of AWS kept something from being backed up. */
  quota: 'BackupQuotaReached',
  /** 1 if the automated backups of the region that leads are replicated to the other; told by the region that leads. */
  replicating: 'BackupReplicationActive',
} as const;
export const COMPONENT_METRICS = {
  /** Seconds since the newest good backup in this region was taken; for buckets, how far the copies lag behind. */
  age: 'BackupAgeSeconds',
  /** Failures of this component. */
  failures: 'BackupComponentFailures',
} as const;
