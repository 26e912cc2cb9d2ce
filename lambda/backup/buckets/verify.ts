import type { BucketSettings } from '../contract';

/** What S3 says of a bucket and of its counterpart in the other region. */
export interface BucketReport {
  readonly versioned: { readonly own: boolean; readonly other: boolean };
  /** Whether an enabled rule copies everything to the counterpart. */
  readonly replicates: boolean;
  /** Of the last hour; null if S3 reported nothing, as it does for a bucket without changes. */
  readonly lag: ReplicationLag | null;
}

export interface ReplicationLag {
  readonly latencySecondsMax: number;
  readonly pendingBytes: number;
  readonly failedOperations: number;
}

/**
 * Versions and replication are the backup of a bucket: there is nothing to take, only to see that they are in place.
 * @returns what is wrong with it, one sentence each
 */
export function defectsOf(
  { own, other, replicate }: BucketSettings,
  report: BucketReport,
): readonly string[] {
  const { versioned, replicates, lag } = report;
  const missing: string[] = [];
  if (!versioned.own) missing.push(`The bucket ${own} keeps no versions.`);
  if (!versioned.other) missing.push(`The bucket ${other} keeps no versions.`);
  if (replicate && !replicates) missing.push(`Nothing replicates the bucket ${own} to ${other}.`);
  if (replicate && lag && lag.failedOperations > 0)
    missing.push(`${lag.failedOperations} objects of ${own} could not be replicated in the last hour.`);
  return missing;
}
