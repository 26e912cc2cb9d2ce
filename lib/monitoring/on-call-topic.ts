import { RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Platform } from '../config/platform';

export interface OnCallTopicProps {
  readonly platform: Platform;
  /** Physical name of the topic. */
  readonly name: string;
  /** What its notifications are about, behind the name of the platform. */
  readonly description: string;
  /** A key that admits alarms. Without it the topic gets one of its own: us-east-1 has no key of the platform. */
  readonly key?: IKey;
}

const ALARMS = new ServicePrincipal('cloudwatch.amazonaws.com');

/**
 * Where alarms and agents of a region page: the receiver that the platform file calls `onCall`. Always with a customer
 * key, because CloudWatch cannot publish to a topic that the key managed by AWS encrypts.
 */
export class OnCallTopic extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: OnCallTopicProps) {
    super(scope, id);
    const { platform, name, description } = props;
    const topic = new Topic(this, 'Topic', {
      topicName: name,
      displayName: `${platform.name}: ${description}`,
      masterKey: props.key ?? this.ownKey(props),
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsOfThisAccount',
        effect: Effect.ALLOW,
        principals: [ALARMS],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: ofTheAccount(platform),
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

  private ownKey({ platform, description }: OnCallTopicProps): Key {
    const key = new Key(this, 'Key', {
      description: `${platform.name}: ${description}`,
      enableKeyRotation: true,
      // Nothing that is kept is encrypted by it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsToPublish',
        effect: Effect.ALLOW,
        principals: [ALARMS],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: ofTheAccount(platform),
      }),
    );
    return key;
  }
}

const ofTheAccount = ({ account }: Platform) => ({ StringEquals: { 'aws:SourceAccount': account } });
