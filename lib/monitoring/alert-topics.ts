import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alertsTopic, mailTopic } from '../config/names';
import type { Platform } from '../config/platform';

export interface AlertTopicsProps {
  readonly platform: Platform;
  /** The region's key for notifications, which admits alarms and the alert manager. */
  readonly key: IKey;
  /** Of the region's workspace of Amazon Managed Prometheus, whose alert manager publishes. */
  readonly workspaceArn: string;
}

/**
 * What the alert manager of a region publishes to, and the topics with the addresses of each receiver: mail goes out
 * through SNS, which needs no sender of its own, and each address confirms once that it wants it.
 */
export class AlertTopics extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: AlertTopicsProps) {
    super(scope, id);
    const { platform, key, workspaceArn } = props;
    const topic = new Topic(this, 'Alerts', {
      topicName: alertsTopic(platform),
      displayName: `${platform.name}: alerts`,
      masterKey: key,
      enforceSSL: true,
    });
    this.topicArn = topic.topicArn;
    admitSenders(topic, platform, workspaceArn);
    for (const [receiver, { email }] of Object.entries(platform.alerts?.receivers ?? {}))
      if (email.length > 0) this.mail(platform, key, receiver, email);
  }

  private mail(platform: Platform, key: IKey, receiver: string, addresses: readonly string[]): void {
    const topic = new Topic(this, `Mail-${receiver}`, {
      topicName: mailTopic(platform, receiver),
      displayName: `${platform.name}: ${receiver}`,
      masterKey: key,
      enforceSSL: true,
    });
    for (const endpoint of addresses)
      new Subscription(this, `Mail-${receiver}-${endpoint}`, {
        topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint,
      });
  }
}

function admitSenders(topic: Topic, { account }: Platform, workspaceArn: string): void {
  const ofTheAccount = { 'aws:SourceAccount': account };
  // https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-AMPpermission.html
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlertManagerOfTheRegion',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('aps.amazonaws.com')],
      actions: ['sns:Publish', 'sns:GetTopicAttributes'],
      resources: [topic.topicArn],
      conditions: { StringEquals: ofTheAccount, ArnEquals: { 'aws:SourceArn': workspaceArn } },
    }),
  );
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowQuietAlarmsOfThisAccount',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: ofTheAccount },
    }),
  );
}
