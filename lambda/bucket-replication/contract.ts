export const RESOURCE_TYPE = 'Custom::HoldfastBucketReplication';

/** Properties of the custom resource: one direction of a pair of buckets. */
export interface Properties {
  readonly Bucket: string;
  readonly DestinationBucket: string;
  readonly DestinationRegion: string;
  /** ARN of the role that S3 assumes. */
  readonly Role: string;
  /** ARN of the alias of the key that encrypts the copies in the other region. */
  readonly ReplicaKey: string;
}
