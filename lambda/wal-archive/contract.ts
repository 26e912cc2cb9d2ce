/** Environment of the function and of the service; set by their construct, read by `handler.ts` and `service.ts`. */
export const ENVIRONMENT = {
  host: 'DATABASE_HOST',
  port: 'DATABASE_PORT',
  name: 'DATABASE_NAME',
  /** Secret with the credential of the archiver: username and password of one of two users. */
  secret: 'DATABASE_ARCHIVE_SECRET',
  /** Bucket of the own region, which is authoritative while the own database is written; and the other region's. */
  nearBucket: 'ARCHIVE_NEAR_BUCKET',
  nearRegion: 'ARCHIVE_NEAR_REGION',
  farBucket: 'ARCHIVE_FAR_BUCKET',
  farRegion: 'ARCHIVE_FAR_REGION',
  /** Name of the platform: the dimension of the metrics. */
  platform: 'PLATFORM',
  /** JSON: `ArchiveSettings`. */
  settings: 'ARCHIVE_SETTINGS',
} as const;

/**
 * - `drain`: each start archives what there is and ends.
 * - `stream`: each start goes on until its time is up.
 * - `service`: for a container: goes on until it is told to stop.
 */
export type ArchiveMode = 'drain' | 'stream' | 'service';

export interface ArchiveSettings {
  readonly mode: ArchiveMode;
  /**
   * How long a start waits for the one before it to end. 0: it ends at once, and the archive stands still from the end of
   * a run to the next start. 55, with a start every minute: one run takes over from the other, at twice the price.
   */
  readonly handoverSeconds: number;
}

/** How long before its time is up a run stops receiving, to put and acknowledge what it has: in seconds. */
export const END_MARGIN_SECONDS = 45;

/** CloudWatch metrics, in the namespace and with the dimension `Platform`; written as embedded metrics into the log. */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /**
   * 1 at the end of each run that archived or found nothing to archive, also in the region that does not lead; so silence is
   * trouble in both.
   */
  runs: 'ArchiveRuns',
  /** 1 at the end of each run that failed. */
  failures: 'ArchiveFailures',
  /** Seconds from a heartbeat to its being durable in the near region, or since the last one that is. */
  lagSeconds: 'ArchiveLagSeconds',
  /** Seconds since everything that is durable near was durable far; 0 while it is. */
  farLagSeconds: 'ArchiveFarLagSeconds',
  /** 1 while transactions are acknowledged that are durable in the near region only; otherwise 0. */
  farBehind: 'ArchiveFarBehind',
  /** 1 in a run that found a gap and began a new chain: a new base is needed. */
  gaps: 'ArchiveGaps',
  /** Bytes of the log that the slot keeps from being removed. */
  slotBytes: 'ArchiveSlotBytes',
  /** 1 if the slot has lost or is about to lose what the archive needs (`wal_status` is neither reserved nor extended). */
  slotEndangered: 'ArchiveSlotEndangered',
  /** Objects and transactions in the database that cannot be archived. */
  unarchivable: 'ArchiveUnarchivable',
  transactions: 'ArchiveTransactions',
  segments: 'ArchiveSegments',
  /** Bytes of the segments as stored, in one region. */
  bytes: 'ArchiveBytes',
} as const;
