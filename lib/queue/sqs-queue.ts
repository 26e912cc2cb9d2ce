import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { pascal, sqsArn, sqsIdentifiers } from '../config/names';
import type { Platform, Role, SqsQueue as SqsQueueConfig } from '../config/platform';
import { protect } from '../security/protect';

/** The longest that SQS keeps a message: a failover and its repair must fit in. */
const KEPT = Duration.days(14);
/** Longest time that a request for messages waits for one; SQS allows 20 s. */
const WAIT = Duration.seconds(20);
/** So long SQS uses a data key again, which is what its calls of KMS cost. */
const DATA_KEY = Duration.minutes(5);

/**
 * A queue of SQS with the one that takes what could not be worked off. Each region has its own; messages never cross a
 * region, and only the workers of the region that leads take them.
 */
export class SqsQueue extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly queue: SqsQueueConfig;
      readonly key: IKey;
    },
  ) {
    super(scope, id);
    const { platform, role, queue, key } = props;
    const identifiers = sqsIdentifiers(platform, queue.name);
    const arn = sqsArn(platform, platform.regions[role].name, identifiers.queue);
    const encrypted = {
      kmsMasterKeyId: key.keyArn,
      kmsDataKeyReusePeriodSeconds: DATA_KEY.toSeconds(),
      messageRetentionPeriod: KEPT.toSeconds(),
    };
    const dead = new CfnQueue(this, 'DeadLetters', {
      ...encrypted,
      queueName: identifiers.deadLetters,
      redriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [arn] },
    });
    const own = new CfnQueue(this, 'Queue', {
      ...encrypted,
      queueName: identifiers.queue,
      visibilityTimeout: queue.visibilitySeconds,
      receiveMessageWaitTimeSeconds: WAIT.toSeconds(),
      redrivePolicy: { deadLetterTargetArn: dead.attrArn, maxReceiveCount: queue.maxReceives },
    });
    protect(dead, `DeadLetters${pascal(queue.name)}`);
    protect(own, `Queue${pascal(queue.name)}`);
    for (const [name, one] of Object.entries({ Queue: own, DeadLetters: dead })) {
      new CfnQueuePolicy(this, `${name}Policy`, {
        queues: [one.ref],
        policyDocument: { Version: '2012-10-17', Statement: [onlyEncrypted(one.attrArn)] },
      });
    }
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
