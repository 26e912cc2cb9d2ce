/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
  /** JSON: `FilesSettings`. */
  settings: 'FILES_SETTINGS',
} as const;

/** What the function of a region looks after. */
export interface FilesSettings {
  /** Name of the platform: a dimension of the metrics. */
  readonly platform: string;
  readonly account: string;
  /** Names of regions. */
  readonly own: string;
  readonly other: string;
  /** ECS cluster of the own region. */
  readonly cluster: string;
  /** Vault of the own region for what is about to be overwritten, the role that AWS Backup takes, and for how long. */
  readonly vault: string;
  readonly backupRole: string;
  readonly keepDays: number;
  readonly folders: readonly FolderSettings[];
}

/** The shared files of one service. */
export interface FolderSettings {
  readonly service: string;
  /** Id of the file system of the own region. */
  readonly fileSystem: string;
  /** Parameter, of the same name in both regions, that holds the id of that region's file system. */
  readonly parameter: string;
  /** Tasks that the service has while this region does not lead. */
  readonly standbyTasks: number;
}

/**
 * Tag of a file system that was given up to be overwritten: `given <epoch> <when>`, `saving <epoch> <job>`, in the end
 * `saved <epoch> <job>`, where the job is the one of AWS Backup with what it held.
 */
export const MARK_TAG = 'holdfast:overwrite';

/** CloudWatch metrics with the dimension `Platform`; written as embedded metrics into the log by the region that leads. */
export const METRIC_NAMESPACE = 'Holdfast';
/** How many services have shared files that the other region has no working copy of, though the platform is protected. */
export const UNCOPIED_METRIC = 'SharedFilesUncopied';
/** How many services have shared files that take no writes in the region that leads, for no bounded time. */
export const READ_ONLY_METRIC = 'SharedFilesReadOnly';
