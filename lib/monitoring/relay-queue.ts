import { Duration, Stack } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Channel, relayDeadLetters, relayQueue } from '../../lambda/alert-relay/contract';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';

/** A topic that a queue gets its messages from. */
export interface RelayedTopic {
  /** Of a topic with a fixed name; it need not be in the region of the queue. */
  readonly arn: string;
  readonly region: string;
  /** Only messages whose attributes are so. Default: all. */
  readonly filter?: Readonly<Record<string, readonly unknown[]>>;
  /** The queue only admits it: whoever makes the topic subscribes the queue, because the topic comes later. */
  readonly subscribesItself?: true;
}

export interface RelayQueueProps {
  readonly platform: Platform;
  readonly channel: Channel;
  readonly topics: readonly RelayedTopic[];
  /** Physical name of the relay's function, and how long a run of it takes at most. */
  readonly functionName: string;
  readonly functionTimeout: Duration;
  /** Absent for what is worth nothing when it is late: it is gone after five minutes. */
  readonly deadLetters?: DeadLetters;
}

/** AWS's advice for a queue that a function reads: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBLE_AFTER_TIMEOUTS = 6;
/** With three minutes between two tries: a message is given up after 24 minutes, and a person is told. */
const TRIES = 8;
const KEPT = Duration.days(4);
const KEPT_DEAD = Duration.days(14);
const KEPT_HEARTBEAT = Duration.minutes(5);
const BATCH = 10;
/** The least that Lambda takes. A flood of alerts must not use up what the account may run at once. */
const RUNS_AT_ONCE = 2;

/** ARN of a queue of the own region by its name. */
const arnOf = (scope: Construct, name: string): string => {
  const { region, account } = Stack.of(scope);
  return `arn:aws:sqs:${region}:${account}:${name}`;
};

/** @returns the ARN of the queue of a channel in the region of the scope */
export const relayQueueArn = (scope: Construct, platform: Platform, channel: Channel): string =>
  arnOf(scope, relayQueue(platform.name, channel));

/** Takes what no channel took, whole, until a person has dealt with it. */
export class DeadLetters extends Construct {
  readonly arn: string;

  /** @param channels those that leave their messages here */
  constructor(
    scope: Construct,
    id: string,
    { platform, channels }: { readonly platform: Platform; readonly channels: readonly Channel[] },
  ) {
    super(scope, id);
    const queue = new CfnQueue(this, 'Queue', {
      queueName: relayDeadLetters(platform.name),
      sqsManagedSseEnabled: true,
      messageRetentionPeriod: KEPT_DEAD.toSeconds(),
      redriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: channels.map((channel) => relayQueueArn(this, platform, channel)),
      },
    });
    this.arn = queue.attrArn;
    new CfnQueuePolicy(this, 'Policy', {
      queues: [queue.ref],
      policyDocument: { Version: '2012-10-17', Statement: [onlyEncrypted(queue.attrArn)] },
    });
  }
}

/**
 * The queue of one channel: SNS puts a copy of each message into it, and the relay takes them out. Encrypted by SQS itself,
 * because a key of the platform would have to admit SNS of every region that a topic is in.
 */
export class RelayQueue extends Construct {
  constructor(scope: Construct, id: string, props: RelayQueueProps) {
    super(scope, id);
    const { platform, channel, topics, functionName, functionTimeout, deadLetters } = props;
    const queue = new CfnQueue(this, 'Queue', {
      queueName: relayQueue(platform.name, channel),
      sqsManagedSseEnabled: true,
      visibilityTimeout: VISIBLE_AFTER_TIMEOUTS * functionTimeout.toSeconds(),
      messageRetentionPeriod: (deadLetters ? KEPT : KEPT_HEARTBEAT).toSeconds(),
      ...(deadLetters
        ? { redrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: TRIES } }
        : {}),
    });
    if (!deadLetters) {
      acknowledge(queue, {
        'AwsSolutions-SQS3': 'A heartbeat that is late tells nothing; its absence pages in the other region.',
      });
    }
    const policy = new CfnQueuePolicy(this, 'Policy', {
      queues: [queue.ref],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [onlyEncrypted(queue.attrArn), fromTopics(platform, queue.attrArn, topics)],
      },
    });
    for (const [index, topic] of topics.filter(({ subscribesItself }) => !subscribesItself).entries()) {
      const subscription = this.subscription(`Topic${index}`, topic, queue);
      subscription.addResourceDependency(policy);
    }
    new CfnEventSourceMapping(this, 'Mapping', {
      functionName,
      eventSourceArn: queue.attrArn,
      batchSize: BATCH,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: RUNS_AT_ONCE },
    });
  }

  private subscription(id: string, { arn, region, filter }: RelayedTopic, queue: CfnQueue): CfnSubscription {
    return new CfnSubscription(this, id, {
      topicArn: arn,
      region,
      protocol: 'sqs',
      endpoint: queue.attrArn,
      // The attributes of a message are in its wrapping only.
      rawMessageDelivery: false,
      ...(filter ? { filterPolicyScope: 'MessageAttributes', filterPolicy: filter } : {}),
    });
  }
}

const onlyEncrypted = (resource: string): object => ({
  Sid: 'OnlyOverEncryptedConnections',
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

const fromTopics = ({ account }: Platform, resource: string, topics: readonly RelayedTopic[]): object => ({
  Sid: 'AllowTheTopicsOfThePlatform',
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: resource,
  Condition: {
    ArnEquals: { 'aws:SourceArn': topics.map(({ arn }) => arn) },
    StringEquals: { 'aws:SourceAccount': account },
  },
});
