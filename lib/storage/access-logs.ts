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
import { bucketName, OWN_BUCKETS } from '../config/names';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { protect } from '../security/protect';

/** Prefix of the balancer's logs; those of the buckets are below `s3/`. */
export const BALANCER_LOG_PREFIX = 'balancer';

/**
 * Bucket for access logs of the region's balancer and buckets. The balancer can write only to a bucket that S3's own
 * key encrypts: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class AccessLogs extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly region: string }) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: bucketName(props.platform, OWN_BUCKETS.logs, props.region),
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        {
          id: 'ninety-days',
          expiration: Duration.days(90),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    // Under exactOptionalPropertyTypes the class is not assignable to its own interface.
    this.bucket = bucket as IBucket;
    protect(bucket.node.defaultChild as CfnBucket, 'AccessLogs');
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowTheBalancer',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`${BALANCER_LOG_PREFIX}/AWSLogs/${props.platform.account}/*`)],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:aws:elasticloadbalancing:${props.region}:${props.platform.account}:loadbalancer/*`,
          },
        },
      }),
    );
    acknowledge(bucket, {
      'AwsSolutions-S1': 'This is the bucket that holds the access logs; logging itself would never end.',
    });
  }
}
