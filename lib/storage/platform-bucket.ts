import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bucketName, pascal } from '../config/names';
import type { Bucket as BucketConfig, Platform } from '../config/platform';
import { protect } from '../security/protect';

/** A bucket of the platform in one region: versioned (replication needs it), encrypted by the customer key, private. */
export class PlatformBucket extends Construct {
  readonly bucket: Bucket;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly region: string;
      readonly config: BucketConfig;
      readonly key: IKey;
      readonly accessLogs: IBucket;
    },
  ) {
    super(scope, id);
    const { platform, region, config } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: bucketName(platform, config.name, region),
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `s3/${config.name}/`,
      lifecycleRules: lifecycle(config),
    });
    protect(this.bucket.node.defaultChild as CfnBucket, `Bucket${pascal(config.name)}`);
  }
}

function lifecycle(config: BucketConfig): LifecycleRule[] {
  return [
    {
      id: 'versions-and-fragments',
      noncurrentVersionExpiration: Duration.days(config.noncurrentDays),
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      ...(config.expireDays === undefined
        ? // A delete marker without versions behind it only slows listings.
          { expiredObjectDeleteMarker: true }
        : { expiration: Duration.days(config.expireDays) }),
      ...(config.infrequentAccessDays === undefined
        ? {}
        : {
            transitions: [
              {
                storageClass: StorageClass.INFREQUENT_ACCESS,
                transitionAfter: Duration.days(config.infrequentAccessDays),
              },
            ],
          }),
    },
  ];
}
