import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type KeyPurpose, keyAlias } from '../config/names';
import type { Platform } from '../config/platform';
import { protect } from './protect';

/**
 * The customer keys of a region. `data` encrypts what is kept (database, cache, buckets, images, secrets); `operations`
 * encrypts logs and notifications, which need a key policy of their own: CloudWatch alarms cannot publish to a topic
 * that is encrypted with the key that AWS manages.
 */
export class RegionKeys extends Construct {
  readonly data: Key;
  readonly operations: Key;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly region: string }) {
    super(scope, id);
    const { platform, region } = props;
    this.data = this.key(platform, 'data', 'DataKey', 'Database, cache, buckets, images and secrets');
    this.operations = this.key(platform, 'operations', 'OperationsKey', 'Logs and notifications');
    this.operations.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowLogGroupsOfThePlatform',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${platform.account}:log-group:*${platform.name}*`,
          },
        },
      }),
    );
    this.operations.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsToPublish',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': platform.account } },
      }),
    );
    this.operations.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlertManagersToPublish',
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('aps.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': platform.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:aps:${region}:${platform.account}:workspace/*` },
        },
      }),
    );
  }

  private key(platform: Platform, purpose: KeyPurpose, logicalId: string, description: string): Key {
    const key = new Key(this, logicalId, {
      alias: keyAlias(platform, purpose),
      description: `${platform.name}: ${description}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
    });
    protect(key.node.defaultChild as CfnKey, logicalId);
    return key;
  }
}
