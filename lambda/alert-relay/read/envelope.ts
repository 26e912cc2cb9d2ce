import { objectIn, parseObject, textIn, timeOf } from './json';

/** A message as SNS hands it to a queue, with its wrapping taken off. */
export interface Envelope {
  /** Name of the topic, and its region; undefined if the message did not come through SNS. */
  readonly topic: string | undefined;
  readonly topicRegion: string | undefined;
  /** Unique for each thing published, the same in every queue. */
  readonly id: string;
  readonly subject: string | undefined;
  readonly text: string;
  /** The attribute `receiver`. */
  readonly receiver: string | undefined;
  /** When it was published, in ISO 8601. */
  readonly at: string | undefined;
}

/**
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 * @param body of a message of the queue; one that SNS has not written is taken as a text
 * @param id of that message
 */
export function openEnvelope(body: string, id: string): Envelope {
  const json = parseObject(body);
  const text = json && textIn(json, 'Message');
  const arn = json && textIn(json, 'TopicArn');
  if (!json || text === undefined || arn === undefined) {
    const nothing = { topic: undefined, topicRegion: undefined, subject: undefined, receiver: undefined };
    return { ...nothing, id, text: body, at: undefined };
  }
  const [, , , topicRegion, , topic] = arn.split(':');
  return {
    topic,
    topicRegion,
    id: textIn(json, 'MessageId') ?? id,
    subject: textIn(json, 'Subject'),
    text,
    receiver: textIn(objectIn(objectIn(json, 'MessageAttributes'), 'receiver'), 'Value'),
    at: timeOf(textIn(json, 'Timestamp')),
  };
}
