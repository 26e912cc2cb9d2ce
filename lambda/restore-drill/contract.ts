/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  platform: 'PLATFORM',
  identifier: 'DATABASE_IDENTIFIER',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  /** Name of the secret with the owner's credential. */
  ownerSecret: 'DATABASE_OWNER_SECRET',
  /** JSON: `ArchivePlace[]`, that of the own region first: it holds the drill's records too. */
  archives: 'ARCHIVE_BUCKETS',
  region: 'OWN_REGION',
  /** JSON: `DrillSettings`. */
  settings: 'DRILL_SETTINGS',
  /** Of the leadership table: only the region that leads holds drills. */
  table: 'LEADERSHIP_TABLE',
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

/** A bucket with segments. */
export interface ArchivePlace {
  readonly bucket: string;
  readonly region: string;
}

/** Beginning of the names of the copies that a drill makes. @param identifier of the platform's database */
export const drillPrefix = (identifier: string): string => `${identifier}-restore-drill-`;

export interface DrillSettings {
  /** From the beginning of one drill to that of the next. */
  readonly everyDays: number;
  /** A success that is older than `everyDays` and this is overdue. */
  readonly graceDays: number;
  /** A drill that has not ended after so many hours has failed; what it made is removed. */
  readonly limitHours: number;
  /** What was archived is deleted after so many days. */
  readonly keepDays: number;
  /** With what the copies are made. */
  readonly instance: DrillInstance;
  /** Queries of the user, each of which must give one row whose first column is true. */
  readonly checks: readonly { readonly name: string; readonly sql: string }[];
}

export interface DrillInstance {
  readonly instanceClass: string;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  /** Admits functions of Holdfast only. */
  readonly securityGroup: string;
}

/** The event of a drill on demand; that of the schedule is `{}`. */
export interface DrillRequest {
  readonly start?: true;
}

/** Prefix of the drill's records in the archive's bucket: `drills/<id>/<number>.json`, each put once and never changed. */
export const DRILLS = 'drills/';
/** Prefix of the records of inspections of the archive, in its bucket: `inspections/<time>.json`. */
export const INSPECTIONS = 'inspections/';
/** Where the report of a drill is. */
export const reportKey = (id: string): string => `drill-reports/${id}.json`;

/** Tag of everything that a drill makes; its value is the drill's id. */
export const DRILL_TAG = 'holdfast:drill';

/** CloudWatch metrics, in the namespace and with the dimension `Platform`; written as embedded metrics into the log. */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /** 1 for each run of the function. */
  runs: 'DrillRuns',
  /** 1 when a drill has ended well. */
  succeeded: 'DrillSucceeded',
  /** 1 when a drill has failed. */
  failed: 'DrillFailed',
  /** 1 in a run that finds the last success older than it may be; 0 otherwise. */
  overdue: 'DrillOverdue',
  /** Seconds from the beginning of a drill until a restored and topped-up database could have taken connections. */
  rtoSeconds: 'DrillRtoSeconds',
  /** Seconds by which what could be restored was behind the drill's beginning. */
  rpoSeconds: 'DrillRpoSeconds',
  /** Copies of a drill that nobody needs any more and that could not be deleted. */
  leftovers: 'DrillLeftovers',
  /** Objects of the archive that an inspection has found not to be as they must be. */
  verifyFindings: 'VerifyFindings',
  /** Seconds since the last inspection of the whole archive began that came to its end; 0 where another region leads. */
  verifyAgeSeconds: 'VerifyAgeSeconds',
} as const;
