import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { Broker } from './broker';
import { SqsQueue } from './sqs-queue';

/** The queues of a region. */
export class Queues extends Construct {
  /** By the name of the queue. */
  readonly brokers: ReadonlyMap<string, Broker>;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly subnetIds: readonly string[];
      /** Of the brokers. */
      readonly securityGroupId: string;
      readonly key: IKey;
    },
  ) {
    super(scope, id);
    const { platform, role, key, subnetIds, securityGroupId } = props;
    const brokers = new Map<string, Broker>();
    for (const queue of platform.queues) {
      if (queue.engine === 'sqs') new SqsQueue(this, `Sqs-${queue.name}`, { platform, role, queue, key });
      else {
        const broker = new Broker(this, `Broker-${queue.name}`, {
          platform,
          role,
          queue,
          subnetIds,
          securityGroupId,
        });
        brokers.set(queue.name, broker);
      }
    }
    this.brokers = brokers;
  }
}
