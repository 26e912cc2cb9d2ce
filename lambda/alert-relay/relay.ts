import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import { CHANNELS, type Channel, relayQueue } from './contract';
import { attemptBy, type Means } from './deliver/deliver';
import type { Outcome } from './deliver/outcome';
import { type Patience, persist } from './deliver/persist';
import { type Envelope, openEnvelope } from './read/envelope';
import { parseObject, textIn } from './read/json';
import { read } from './read/read';

/**
 * Each message of a queue is one message for one channel: SNS has copied it for every queue, so that what one channel
 * refuses comes again on that channel alone. What holds of each:
 * - It is acknowledged only after the channel has taken it, or if its receiver has no such channel. Otherwise it is named
 *   as failed, the queue brings it again, and in the end keeps it among the dead letters, whole.
 * - It comes again only if its own channel has not taken it, or its answer was lost: at least once, and nearly always once.
 * - All messages of a run are worked on at the same time, so that one that is slow keeps no other.
 * A heartbeat is no message to a person. One that is late is worth nothing, so that it is given up after a run: what its
 * absence means, the alarm in the other region tells.
 */

/** A message as Lambda hands it over. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
}

export interface Run {
  readonly means: Means;
  /** Address of Grafana; undefined without one. */
  readonly grafana: string | undefined;
  /** On the monotonic clock. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunResult {
  /** Ids of the messages that the queue must bring again. */
  readonly failed: readonly string[];
  readonly delivered: number;
  readonly heartbeatsFailed: number;
}

type Verdict = 'delivered' | 'failed' | 'none' | 'heartbeat-failed';

/** @returns once every message has had its attempts; never throws */
export async function relay(records: readonly QueueRecord[], run: Run): Promise<RunResult> {
  const verdicts = await Promise.all(records.map((record) => verdictOn(record, run)));
  const count = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  return {
    failed: records.flatMap(({ messageId }, index) => (verdicts[index] === 'failed' ? [messageId] : [])),
    delivered: count('delivered'),
    heartbeatsFailed: count('heartbeat-failed'),
  };
}

async function verdictOn(record: QueueRecord, run: Run): Promise<Verdict> {
  const { log, means } = run;
  const { messageId } = record;
  try {
    const channel = channelOf(record, means.settings.platform);
    const envelope = openEnvelope(record.body, messageId);
    return channel === 'heartbeat' ? await beat(envelope, run) : await tell(channel, envelope, run);
  } catch (error) {
    log('relay-failed', { messageId, sentence: sentenceOf(error) });
    return 'failed';
  }
}

function channelOf({ eventSourceARN }: QueueRecord, platform: string): Channel {
  const channel = CHANNELS.find((one) => eventSourceARN.endsWith(`:${relayQueue(platform, one)}`));
  if (channel === undefined) throw new Error(`No channel belongs to the queue ${eventSourceARN}.`);
  return channel;
}

async function tell(
  channel: Exclude<Channel, 'heartbeat'>,
  envelope: Envelope,
  { means, grafana, ...run }: Run,
): Promise<Verdict> {
  const { id } = envelope;
  const notification = read(envelope, { settings: means.settings, grafana });
  const { receiver, title, status, dedupKey } = notification;
  const line = { channel, receiver, title, status, dedupKey, id };
  const attempt = attemptBy(channel, { notification, id }, means);
  if (!attempt) {
    run.log('relay-no-such-channel', line);
    return 'none';
  }
  const { outcome, attempts } = await persist(attempt, patience(means, run));
  run.log('relay', { ...line, attempts, outcome: outcome.kind, ...sentenceIn(outcome) });
  return outcome.kind === 'delivered' ? 'delivered' : 'failed';
}

async function beat(envelope: Envelope, { means, ...run }: Run): Promise<Verdict> {
  const json = parseObject(envelope.text);
  if (json && textIn(json, 'status') === 'resolved') return 'none';
  const atMs = envelope.at === undefined ? run.clock.now() : Date.parse(envelope.at);
  const { outcome, attempts } = await persist(
    async () => {
      try {
        await means.world.peer.beat(atMs);
        return { kind: 'delivered' };
      } catch (error) {
        return { kind: 'later', sentence: sentenceOf(error), afterMs: 0 };
      }
    },
    patience(means, run),
  );
  if (outcome.kind === 'delivered') return 'none';
  run.log('heartbeat-failed', { attempts, ...sentenceIn(outcome) });
  return 'heartbeat-failed';
}

const patience = ({ world }: Means, { clock, deadline }: Pick<Run, 'clock' | 'deadline'>): Patience => ({
  clock,
  dice: world.dice,
  deadline,
});

const sentenceIn = (outcome: Outcome) => (outcome.kind === 'delivered' ? {} : { sentence: outcome.sentence });
