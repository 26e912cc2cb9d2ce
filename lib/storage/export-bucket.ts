import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { exportsBucket, OWN_BUCKETS } from '../config/names';
import type { Platform } from '../config/platform';
import { protect } from '../security/protect';

/** The backup function deletes exports by its rule; what it deleted stays for so long. */
const DELETED_DAYS = 7;

/**
 * Bucket that ElastiCache writes its exports into, replicated to the other region. S3's own key encrypts it and it has no
 * Object Lock: AWS documents no permission with which ElastiCache could use a key of ours, and it sends no checksum, which
 * Object Lock demands.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
 */
export class ExportBucket extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly region: string; readonly accessLogs: IBucket },
  ) {
    super(scope, id);
    const { platform, region } = props;
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: exportsBucket(platform, region),
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `s3/${OWN_BUCKETS.exports}/`,
      lifecycleRules: [
        {
          id: 'deleted-and-fragments',
          noncurrentVersionExpiration: Duration.days(DELETED_DAYS),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(DELETED_DAYS),
        },
      ],
    });
    protect(bucket.node.defaultChild as CfnBucket, 'CacheExports');
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowElastiCacheToExport',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(`${region}.elasticache-snapshot.amazonaws.com`)],
        actions: [
          's3:PutObject',
          's3:GetObject',
          's3:ListBucket',
          's3:GetBucketAcl',
          's3:ListMultipartUploadParts',
          's3:ListBucketMultipartUploads',
        ],
        resources: [bucket.bucketArn, bucket.arnForObjects('*')],
        // AWS documents no such key for these requests: whoever says one must be of this account.
        conditions: { StringEqualsIfExists: { 'aws:SourceAccount': platform.account } },
      }),
    );
  }
}
