import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bucketName, OWN_BUCKETS } from '../../config/names';
import type { Platform } from '../../config/platform';
import { acknowledge } from '../../security/acknowledge';
import { protect } from '../../security/protect';

const KEPT_DAYS = 14;

/** Bucket of the witness for the logs of its canary: home and standby have one for logs already. */
export class CanaryResults extends Construct {
  /** Its name. */
  readonly bucket: string;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    this.bucket = bucketName(platform, OWN_BUCKETS.logs, platform.regions.witness.name);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: this.bucket,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        {
          id: 'fourteen-days',
          expiration: Duration.days(KEPT_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    protect(bucket.node.defaultChild as CfnBucket, 'CanaryResults');
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'It holds the logs of canary runs for two weeks; only the canary writes and only operators read it.',
    });
  }
}
