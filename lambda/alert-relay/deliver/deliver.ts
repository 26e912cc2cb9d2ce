import type { Clock } from '../../runtime/clock';
import { sentenceOf } from '../../runtime/errors';
import type { Channel, RelayReceiver, RelaySettings } from '../contract';
import type { Notification } from '../notification';
import type { World } from '../ports';
import { mailMessage } from '../render/mail';
import { pagerDutyEvent } from '../render/pager-duty';
import { slackMessage } from '../render/slack';
import { webhookMessage } from '../render/webhook';
import { routingKeyIn, slackUrlIn, urlIn } from './addresses';
import { LastingFailure } from './lasting';
import type { Outcome } from './outcome';
import { type Posting, post } from './post';
import type { SecretCache } from './secret-cache';

export interface Delivery {
  readonly notification: Notification;
  /** The same however often the message comes. */
  readonly id: string;
}

/** With what a message is delivered. */
export interface Means {
  readonly settings: RelaySettings;
  readonly pagerDutyUrl: string;
  readonly world: World;
  readonly secrets: SecretCache;
  readonly clock: Clock;
}

/** One attempt that ends within the given time, in milliseconds. */
export type Attempt = (timeoutMs: number) => Promise<Outcome>;

/** @returns how a notification reaches its receiver by a channel; undefined if the receiver has no such channel */
export function attemptBy(
  channel: Exclude<Channel, 'heartbeat'>,
  { notification, id }: Delivery,
  means: Means,
): Attempt | undefined {
  const receiver = means.settings.receivers[notification.receiver];
  if (!receiver) return undefined;
  if (channel === 'mail') return mailAttempt(receiver, notification, means);
  const posting = postingBy(channel, receiver, { notification, id }, means);
  const { clock, secrets } = means;
  return (
    posting &&
    ((timeoutMs) => attempted(() => post(posting, { web: means.world.web, secrets, clock }, timeoutMs)))
  );
}

function mailAttempt(
  { mailTopicArn }: RelayReceiver,
  notification: Notification,
  { world }: Means,
): Attempt | undefined {
  if (mailTopicArn === undefined) return undefined;
  const { subject, text } = mailMessage(notification);
  return () =>
    attempted(async () => {
      await world.mail.send(mailTopicArn, subject, text);
      return { kind: 'delivered' };
    });
}

function postingBy(
  channel: 'slack' | 'webhook' | 'pager-duty',
  { slackChannel, webhookSecret, pagerDutySecret }: RelayReceiver,
  { notification, id }: Delivery,
  { settings, pagerDutyUrl }: Means,
): Posting | undefined {
  switch (channel) {
    case 'slack': {
      const secret = settings.slackWebhookSecret;
      if (secret === undefined || slackChannel === undefined) return undefined;
      const body = slackMessage(notification, slackChannel);
      const to = (value: string) => slackUrlIn(value, slackChannel);
      return { who: `Slack (${slackChannel})`, secret, request: (value) => withUrl(to(value), body) };
    }
    case 'webhook': {
      if (webhookSecret === undefined) return undefined;
      const body = webhookMessage(notification, id);
      const who = `The webhook of ${notification.receiver}`;
      return { who, secret: webhookSecret, request: (value) => withUrl(urlIn(value), body) };
    }
    case 'pager-duty': {
      if (pagerDutySecret === undefined) return undefined;
      const request = (value: string) => {
        const key = routingKeyIn(value);
        return key === undefined ? undefined : { url: pagerDutyUrl, body: pagerDutyEvent(notification, key) };
      };
      return { who: 'PagerDuty', secret: pagerDutySecret, request };
    }
  }
}

const withUrl = (url: string | undefined, body: object) => (url === undefined ? undefined : { url, body });

/** What AWS does not do now it may do later, unless it says that it never will. */
async function attempted(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (error instanceof LastingFailure) return { kind: 'refused', sentence };
    return { kind: 'later', sentence, afterMs: 0 };
  }
}
