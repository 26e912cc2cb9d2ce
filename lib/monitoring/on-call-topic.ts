import { RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Platform } from '../config/platform';

/**
 * Where alarms of us-east-1 go: to the receiver that the platform file calls `onCall`. With a key of its own, because
 * CloudWatch cannot publish to a topic that the key managed by AWS encrypts.
 */
export class OnCallTopic extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    const conditions = { StringEquals: { 'aws:SourceAccount': platform.account } };
    const key = new Key(this, 'Key', {
      description: `${platform.name}: notifications of the edge`,
      enableKeyRotation: true,
      // Nothing that is kept is encrypted by it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsToPublish',
        effect: Effect.ALLOW,
        principals: [alarms],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
    const topic = new Topic(this, 'Topic', {
      topicName: `${platform.name}-edge-alarms`,
      masterKey: key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsOfThisAccount',
        effect: Effect.ALLOW,
        principals: [alarms],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions,
      }),
    );
    this.topicArn = topic.topicArn;
    const receiver = platform.alerts?.receivers[platform.alerts.onCall];
    for (const address of receiver?.email ?? []) {
      new Subscription(this, `Email-${address}`, {
        topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint: address,
      });
    }
  }
}
