import { DEFAULT_RECEIVER } from '../contract';
import { cut } from '../cut';
import type { Notification } from '../notification';
import { isOfCloudWatch, readAlarm } from './cloudwatch';
import { dedupKey } from './dedup-key';
import type { Envelope } from './envelope';
import { type Json, parseObject, textIn } from './json';
import { isOfAlertManager, readAlerts } from './prometheus';
import type { Reading } from './reading';

/** Of a text that is delivered as it is, so many characters are; nobody reads more, and no channel takes much more. */
const TEXT_MAX = 20_000;
/** A first line may be all there is; one that is longer is told in full with the rest. */
const SENTENCE_MAX = 500;
const TITLE_MAX = 120;

/**
 * Makes of any message something that a person can be told. There is no message that it refuses: what it does not know
 * is told as it is.
 */
export function read(envelope: Envelope, reading: Reading): Notification {
  const json = parseObject(envelope.text);
  const { receiver, note } = receiverOf(envelope, json, reading);
  return { ...toldBy(envelope, json, reading), receiver, ...(note === undefined ? {} : { note }) };
}

function toldBy(
  envelope: Envelope,
  json: Json | undefined,
  reading: Reading,
): Omit<Notification, 'receiver'> {
  const { platform } = reading.settings;
  if (json && isOfAlertManager(json)) return readAlerts(json, reading);
  const urgent = !isForAlerts(envelope, platform);
  if (json && isOfCloudWatch(json))
    return readAlarm(json, platform, envelope.topicRegion, urgent ? 'critical' : 'warning');
  return asItIs(envelope, platform, urgent);
}

/** Causes that page nobody are published where alerts are; every other topic exists to page. */
const isForAlerts = ({ topic }: Envelope, platform: string): boolean => topic === `${platform}-alerts`;

/** Pages of agents and functions (a subject and a sentence), and whatever else somebody publishes. */
function asItIs(envelope: Envelope, platform: string, urgent: boolean): Omit<Notification, 'receiver'> {
  const { subject, topicRegion = '', text, id } = envelope;
  const [line = '', ...rest] = text.trim().split('\n');
  const whole = line.length <= SENTENCE_MAX;
  return {
    source: subject === undefined ? 'text' : 'page',
    status: 'firing',
    severity: urgent ? 'critical' : 'warning',
    title: cut(subject ?? line, TITLE_MAX),
    what: cut(line, SENTENCE_MAX),
    where: { platform, region: envelope.topicRegion, service: undefined },
    since: envelope.at,
    description: shortened(whole ? rest.join('\n') : text),
    links: {},
    // Pages of one subject are about one trouble; a text that says nothing of the kind stands for itself.
    dedupKey: dedupKey('page', platform, topicRegion, subject ?? id),
    details: [],
    more: 0,
  };
}

function shortened(text: string): string {
  const left = text.length - TEXT_MAX;
  return left <= 0 ? text : `${text.slice(0, TEXT_MAX)}\n(${left} characters more)`;
}

/** The alert manager says whom it tells. Everybody else pages the person on call; what is quiet, the default receiver. */
function receiverOf(
  envelope: Envelope,
  json: Json | undefined,
  { settings }: Reading,
): Pick<Notification, 'receiver' | 'note'> {
  const named = json && isOfAlertManager(json) ? textIn(json, 'receiver') : undefined;
  const otherwise = isForAlerts(envelope, settings.platform) ? DEFAULT_RECEIVER : settings.onCall;
  const receiver = named ?? envelope.receiver ?? otherwise;
  if (Object.hasOwn(settings.receivers, receiver)) return { receiver };
  return {
    receiver: DEFAULT_RECEIVER,
    note: `Meant for the receiver ${receiver}, which this relay does not know.`,
  };
}
