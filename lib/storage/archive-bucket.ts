import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { FORMAT } from '../../lambda/archive/contract';
import { archiveBucket, OWN_BUCKETS } from '../config/names';
import type { Platform } from '../config/platform';
import { longestCopyDays } from '../config/resolve-backup';
import { protect } from '../security/protect';

export interface ArchiveBucketProps {
  readonly platform: Platform;
  readonly region: string;
  readonly key: IKey;
  readonly accessLogs: IBucket;
}

/** The cheaper class is paid for 30 days at least, and takes objects that are 30 days old. */
const CHEAPER_AFTER_DAYS = 30;
const CHEAPER_PAYS_FROM_DAYS = 2 * CHEAPER_AFTER_DAYS;

/**
 * The archive of a region: the segments of the log below `v1/`, and beside them the reports and manifests of backups and
 * the records of restore drills. A segment is written once: S3 keeps every version for the days of the lock, and refuses a
 * put of a segment that does not say "only if there is none".
 */
export class ArchiveBucket extends Construct {
  constructor(scope: Construct, id: string, props: ArchiveBucketProps) {
    super(scope, id);
    const { platform, region } = props;
    const { archive, vaultLock } = platform.backup;
    const locked = Duration.days(archive.lockDays);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: archiveBucket(platform, region),
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: vaultLock
        ? ObjectLockRetention.compliance(locked)
        : ObjectLockRetention.governance(locked),
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `s3/${OWN_BUCKETS.archive}/`,
      lifecycleRules: lifecycle(platform),
    });
    protect(bucket.node.defaultChild as CfnBucket, 'Archive');
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SegmentsAreWrittenOnce',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`${FORMAT}/*`)],
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    );
  }
}

/**
 * Nothing goes before its lock ends, whatever a rule says. What is no segment is kept as long as the oldest copy that it
 * may tell of.
 */
function lifecycle({ backup }: Platform): LifecycleRule[] {
  const { keepDays, lockDays } = backup.archive;
  const papersDays = Math.max(keepDays, longestCopyDays(backup.keep));
  return [
    {
      id: 'segments',
      prefix: `${FORMAT}/`,
      expiration: Duration.days(keepDays),
      ...(keepDays < CHEAPER_PAYS_FROM_DAYS
        ? {}
        : {
            transitions: [
              {
                storageClass: StorageClass.INFREQUENT_ACCESS,
                transitionAfter: Duration.days(CHEAPER_AFTER_DAYS),
              },
            ],
          }),
    },
    {
      id: 'versions-and-fragments',
      expiration: Duration.days(papersDays),
      noncurrentVersionExpiration: Duration.days(lockDays),
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    },
  ];
}
