import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { relayQueue } from '../../lambda/alert-relay/contract';
import type { Platform, Role } from '../config/platform';
import { edgeChannels } from './alert-relay';

const ROLES: readonly Role[] = ['home', 'standby'];

/**
 * Brings the alarms of the edge to the relays of both regions. Made with the topic and not with the queues, so that the
 * monitoring of one region waits for nothing of the other one; the queues have fixed names, and admit the topic.
 */
export class EdgeSubscriptions extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { platform, topicArn }: { readonly platform: Platform; readonly topicArn: string },
  ) {
    super(scope, id);
    for (const role of ROLES) {
      const region = platform.regions[role].name;
      for (const channel of edgeChannels(platform, role)) {
        new CfnSubscription(this, `${role}-${channel}`, {
          topicArn,
          protocol: 'sqs',
          endpoint: `arn:aws:sqs:${region}:${platform.account}:${relayQueue(platform.name, channel)}`,
          // The attributes of a message are in its wrapping only.
          rawMessageDelivery: false,
        });
      }
    }
  }
}
