import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Publish } from './pager';
import { ONE_ATTEMPT } from './request';

/** Topics of one region. */
export function snsPublish(region: string): Publish {
  const client = new SNSClient({ region, ...ONE_ATTEMPT });
  return async ({ topic, subject, text }, abortSignal) => {
    const command = new PublishCommand({ TopicArn: topic, Subject: subject, Message: text });
    await client.send(command, { abortSignal });
  };
}
