import { WATCHDOG_RECEIVER } from '../../lambda/alert-relay/contract';
import type { Notification } from '../../lambda/alert-relay/notification';
import { openEnvelope } from '../../lambda/alert-relay/read/envelope';
import { read } from '../../lambda/alert-relay/read/read';
import type { Platform } from '../../lib/config/platform';
import { relaySettings } from '../../lib/monitoring/routing/relay-settings';
import type { Published } from './road-end';

/**
 * What the relay makes of the messages of a real alert manager: it must understand each, and know each receiver.
 * @returns what is wrong, one text each
 */
export function relayedProblems(platform: Platform, published: readonly Published[]): string[] {
  const settings = relaySettings(platform, 'home');
  const forPeople = published.filter(({ attributes }) => attributes.receiver !== WATCHDOG_RECEIVER);
  return forPeople.flatMap((one) => {
    const notification = read(openEnvelope(wrapped(one), 'id'), { settings, grafana: undefined });
    const problem = problemOf(one, notification);
    return problem === undefined
      ? []
      : [`the relay does not understand a message: ${problem}: ${one.message}`];
  });
}

function problemOf({ attributes }: Published, notification: Notification): string | undefined {
  const { source, receiver, note, since, title, where, details, more } = notification;
  if (source !== 'prometheus') return `it is taken for one of ${source}`;
  if (receiver !== attributes.receiver) return `it is for ${receiver}`;
  if (note !== undefined) return note;
  // A group of several may be about both regions; then its details say which is which.
  const placed = where.region !== undefined || details.every((detail) => detail.where.region !== undefined);
  if (since === undefined || !placed) return 'it lacks a place or a time';
  const many = title === 'ManyAtOnce' && details.length > 0;
  return many && more !== 15 ? `it leaves out ${more} alerts` : undefined;
}

/** As SNS wraps what was published for a queue. */
const wrapped = ({ topic, subject, message, attributes }: Published): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '00000000-0000-0000-0000-000000000000',
    TopicArn: topic,
    Subject: subject,
    Message: message,
    Timestamp: '2026-01-02T03:04:05.678Z',
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
    ),
  });
