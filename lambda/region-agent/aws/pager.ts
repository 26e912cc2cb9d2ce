import type { Clock } from '../../runtime/clock';
import type { Pager } from '../ports';
import { sender } from './request';

/** Sends one message to a topic, in one attempt. */
export type Publish = (
  message: { readonly topic: string; readonly subject: string; readonly text: string },
  abortSignal: AbortSignal,
) => Promise<void>;

/** SNS wants a subject of less than 100 characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_MAX = 99;

/** The person on call, through a topic of the own region. */
export function topicPager(topic: string, publish: Publish, clock: Clock): Pager {
  const send = sender(clock);
  return {
    page: (subject, text) =>
      send(`Paging the person on call ("${subject}")`, (abortSignal) =>
        publish({ topic, subject: asSubject(subject), text }, abortSignal),
      ),
  };
}

/** SNS refuses line breaks, control characters and what is not ASCII; a page must not fail for its title. */
export function asSubject(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return plain.length <= SUBJECT_MAX ? plain : `${plain.slice(0, SUBJECT_MAX - 3)}...`;
}
