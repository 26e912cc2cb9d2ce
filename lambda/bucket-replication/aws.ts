import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  PutBucketReplicationCommand,
  type ReplicationRule,
  S3Client,
} from '@aws-sdk/client-s3';
import { nameOf, sentenceOf } from '../runtime/errors';
import { BucketGone, DestinationNotReady } from './ports';
import type { Buckets } from './replicate';
import type { Replication, Rule } from './rules';

/**
 * The source buckets are in the function's own region.
 * @param forcePathStyle names buckets in the path: an endpoint other than AWS's serves no names below its own
 */
export function s3Buckets(forcePathStyle: boolean): Buckets {
  const here = new S3Client({ forcePathStyle });
  return {
    source: ({ bucket, destination }) => ({
      read: () => readReplication(here, bucket),
      async write(replication) {
        const command = new PutBucketReplicationCommand({
          Bucket: bucket,
          ReplicationConfiguration: { Role: replication.role, Rules: replication.rules.map(toSdk) },
        });
        try {
          await here.send(command);
        } catch (error) {
          if (nameOf(error) === 'NoSuchBucket') throw new BucketGone(bucket, { cause: error });
          if (nameOf(error) === 'InvalidRequest' && /destination bucket/i.test(sentenceOf(error))) {
            throw new DestinationNotReady(destination, { cause: error });
          }
          throw error;
        }
      },
      async clear() {
        await here.send(new DeleteBucketReplicationCommand({ Bucket: bucket }));
      },
    }),
    destination: ({ destination, destinationRegion }) => ({
      async versioning() {
        const there = new S3Client({ region: destinationRegion, forcePathStyle });
        try {
          const { Status } = await there.send(new GetBucketVersioningCommand({ Bucket: destination }));
          return Status === 'Enabled' ? 'on' : 'off';
        } catch (error) {
          if (nameOf(error) === 'NoSuchBucket') return 'no-bucket';
          throw error;
        }
      },
    }),
  };
}

async function readReplication(client: S3Client, bucket: string): Promise<Replication | undefined> {
  try {
    const { ReplicationConfiguration: found } = await client.send(
      new GetBucketReplicationCommand({ Bucket: bucket }),
    );
    return found && { role: found.Role ?? '', rules: (found.Rules ?? []).map(fromSdk) };
  } catch (error) {
    if (nameOf(error) === 'ReplicationConfigurationNotFoundError') return undefined;
    if (nameOf(error) === 'NoSuchBucket') throw new BucketGone(bucket, { cause: error });
    throw error;
  }
}

/** The domain passes rules on as they came; what it adds itself is checked by `rule`'s tests against S3's API. */
const toSdk = (rule: Rule): ReplicationRule => rule as unknown as ReplicationRule;
const fromSdk = (rule: ReplicationRule): Rule => ({ ...rule });
