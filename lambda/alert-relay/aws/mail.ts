import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../../runtime/clock';
import type { Mail } from '../ports';
import { ONE_ATTEMPT, request } from './request';

/** Topics of the region that the function runs in. */
export function topicMail(clock: Clock): Mail {
  const client = new SNSClient(ONE_ATTEMPT);
  return {
    async send(TopicArn, Subject, Message) {
      const command = new PublishCommand({ TopicArn, Subject, Message });
      await request(clock, `Publishing to ${TopicArn}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}
