import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Reply } from '../../../lambda/alert-relay/ports';
import { type QueueRecord, relay } from '../../../lambda/alert-relay/relay';
import { FakeClock } from '../../support/fake-clock';
import { group, queueArn, sns } from './support/messages';
import { scene } from './support/world';

/**
 * What is promised to whoever sends an alert, for any trouble of any channel: queues as SQS keeps them bring a message until
 * it is acknowledged, eight times at most, and then put it among the dead letters.
 */
const CHANNELS = ['slack', 'webhook', 'pager-duty'] as const;
type Channel = (typeof CHANNELS)[number];
const TRIES = 8;

const answer = (status: number, retryAfter?: string): Reply => ({
  kind: 'answer',
  status,
  retryAfter,
  reason: '',
});
const replies: fc.Arbitrary<Reply> = fc.oneof(
  fc.constantFrom(200, 202, 400, 404, 408, 429, 500, 503).map((status) => answer(status)),
  fc.nat(60).map((seconds) => answer(429, String(seconds))),
  fc.constant<Reply>({ kind: 'timeout' }),
  fc.constant<Reply>({ kind: 'unreachable', code: 'ECONNREFUSED' }),
);
const trouble = fc.array(replies, { maxLength: 60 });

/** Servers that answer by a script and then well, on a clock that is moved. */
function world(scripts: Readonly<Record<Channel, readonly Reply[]>>) {
  const clock = new FakeClock();
  const left = {
    slack: [...scripts.slack],
    webhook: [...scripts.webhook],
    'pager-duty': [...scripts['pager-duty']],
  };
  const taken: Record<Channel, number> = { slack: 0, webhook: 0, 'pager-duty': 0 };
  const here = scene({
    clock,
    pagerDutyUrl: 'https://pager-duty.example.net/',
    through: {
      async post(url, _body, timeoutMs) {
        const channel = CHANNELS.find((one) => new URL(url).hostname.startsWith(`${one}.`)) ?? 'slack';
        const reply = left[channel].shift() ?? answer(200);
        if (reply.kind === 'timeout') await clock.sleep(timeoutMs);
        if (reply.kind === 'answer' && reply.status < 300) taken[channel] += 1;
        return reply;
      },
    },
  });
  here.secrets.set('shop/slack', 'https://slack.example.net/x');
  here.secrets.set('shop/webhook', 'https://webhook.example.net/x');
  here.secrets.set('shop/pagerduty', 'routing0key');
  return { clock, here, taken };
}

/** Brings the message of each channel as its queue does. @returns what is among the dead letters */
async function brought(scripts: Readonly<Record<Channel, readonly Reply[]>>) {
  const { clock, here, taken } = world(scripts);
  const body = sns('alerts', group());
  const message = (channel: Channel): QueueRecord => ({
    messageId: channel,
    body,
    eventSourceARN: queueArn(channel),
  });
  let visible = CHANNELS.map(message);
  const runs: number[] = [];
  for (let tries = 0; tries < TRIES && visible.length > 0; tries += 1) {
    const begun = clock.monotonic();
    const { failed } = await clock.run(relay(visible, here.run(28_000)));
    runs.push(clock.monotonic() - begun);
    visible = visible.filter(({ messageId }) => failed.includes(messageId));
  }
  return { taken, dead: visible.map(({ messageId }) => messageId), runs };
}

describe('an alert, whatever its channels are in', () => {
  it('is taken by each channel once, or is among the dead letters of that one; nothing is lost and nothing comes twice', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ slack: trouble, webhook: trouble, 'pager-duty': trouble }),
        async (scripts) => {
          const { taken, dead } = await brought(scripts);
          for (const channel of CHANNELS) expect(taken[channel] + (dead.includes(channel) ? 1 : 0)).toBe(1);
        },
      ),
      { numRuns: 60 },
    ));

  it('is taken at once by a channel that is well, and in no run later than its end', () =>
    fc.assert(
      fc.asyncProperty(trouble, async (slack) => {
        const { taken, runs } = await brought({ slack, webhook: [], 'pager-duty': [] });
        expect([taken.webhook, taken['pager-duty']]).toEqual([1, 1]);
        for (const milliseconds of runs) expect(milliseconds).toBeLessThanOrEqual(28_000);
      }),
      { numRuns: 40 },
    ));
});
