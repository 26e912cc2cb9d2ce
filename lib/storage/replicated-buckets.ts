import { OWN_BUCKETS } from '../config/names';
import type { Platform } from '../config/platform';

/**
 * @returns the names, as `bucketName` takes them, of the buckets that S3 replicates both ways. That of the archive is not
 *   among them: the archiver writes to both regions itself, because replication promises no minute.
 */
export const replicatedBuckets = (platform: Platform): readonly string[] => [
  ...platform.buckets.filter(({ replicate }) => replicate).map(({ name }) => name),
  ...(platform.cache ? [OWN_BUCKETS.exports] : []),
];
