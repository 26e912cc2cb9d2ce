import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LastingFailure } from '../../../lambda/alert-relay/deliver/lasting';
import { type QueueRecord, relay } from '../../../lambda/alert-relay/relay';
import { FakeClock } from '../../support/fake-clock';
import { freePort } from '../../support/free-port';
import { type Endpoint, startEndpoint } from './support/endpoint';
import { alarm, group, queueArn, SETTINGS, sns } from './support/messages';
import { type Scene, scene } from './support/world';

/** Against real HTTP servers on the loopback interface. */
const SECOND = 1_000;
let slack: Endpoint;
let webhook: Endpoint;
let pagerDuty: Endpoint;
let here: Scene;

beforeEach(async () => {
  [slack, webhook, pagerDuty] = await Promise.all([
    startEndpoint({ status: 200, text: 'ok' }),
    startEndpoint({ status: 204 }),
    startEndpoint({ status: 202, text: '{"status":"success"}' }),
  ]);
  here = scene({ pagerDutyUrl: `${pagerDuty.url}/v2/enqueue` });
  here.secrets.set('shop/slack', `${slack.url}/services/T0/B0/hidden-token`);
  here.secrets.set('shop/webhook', JSON.stringify({ url: `${webhook.url}/hook?key=hidden-key` }));
  here.secrets.set('shop/pagerduty', JSON.stringify({ routing_key: 'hidden0routing0key' }));
});
afterEach(async () => {
  await Promise.all([slack, webhook, pagerDuty].map((one) => one.stop()));
});

const record = (channel: string, body: string, messageId = channel): QueueRecord => ({
  messageId,
  body,
  eventSourceARN: queueArn(channel),
});
const toEverybody = (channel: string) => record(channel, sns('alerts', group(), { receiver: 'everybody' }));
const PEOPLE = ['slack', 'mail', 'webhook', 'pager-duty'];
const run = (records: readonly QueueRecord[], seconds = 5) => relay(records, here.run(seconds * SECOND));

describe('a message', () => {
  it('reaches every channel of its receiver, with what a person can act on', async () => {
    const { failed, delivered } = await run(PEOPLE.map(toEverybody));
    expect([failed, delivered]).toEqual([[], 4]);
    expect(slack.requests[0]).toMatchObject({
      path: '/services/T0/B0/hidden-token',
      body: { channel: '#everybody', text: 'FIRING critical: HighErrorRate (us-west-2, backend)' },
    });
    expect(webhook.requests[0]).toMatchObject({
      path: '/hook?key=hidden-key',
      body: { version: 1, title: 'HighErrorRate', id: '00000000-0000-4000-8000-000000000001' },
    });
    expect(pagerDuty.requests[0]).toMatchObject({
      path: '/v2/enqueue',
      body: { routing_key: 'hidden0routing0key', event_action: 'trigger' },
    });
    expect(here.mails).toEqual([
      {
        topic: SETTINGS.receivers.everybody?.mailTopicArn,
        subject: '[shop] FIRING critical: HighErrorRate (us-west-2, backend)',
        text: expect.stringContaining('Runbook: https://example.net/docs/runbooks/alerts.md#higherrorrate'),
      },
    ]);
  });

  it('is acknowledged on a channel that its receiver does not have', async () => {
    const toDefault = PEOPLE.map((channel) => record(channel, sns('alerts', group({ receiver: 'default' }))));
    expect(await run(toDefault)).toMatchObject({ failed: [], delivered: 1 });
    expect([slack, webhook, pagerDuty].map(({ requests }) => requests.length)).toEqual([1, 0, 0]);
    expect(here.mails).toEqual([]);
  });

  it('is failed, and kept by its queue, if no channel belongs to that', async () => {
    const stray = { messageId: 'stray', body: 'x', eventSourceARN: 'arn:aws:sqs:us-east-1:1:other' };
    expect((await run([stray, toEverybody('slack')])).failed).toEqual(['stray']);
  });
});

describe('a server that answers 429 with Retry-After', () => {
  it('gets the message once more, and not before its time', async () => {
    slack.answerWith({ status: 429, headers: { 'retry-after': '1' } }, { status: 200 });
    expect(await run([toEverybody('slack')])).toMatchObject({ failed: [], delivered: 1 });
    const [first, second] = slack.requests.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(995);
    expect(slack.requests).toHaveLength(2);
  });

  it('is not waited for beyond the end of the run', async () => {
    slack.answerWith({ status: 429, headers: { 'retry-after': '3600' } });
    const begun = performance.now();
    expect((await run([toEverybody('slack')])).failed).toEqual(['slack']);
    expect(performance.now() - begun).toBeLessThan(4 * SECOND);
  });
});

describe('a channel in trouble', () => {
  it('that answers 500 gets the message again until it takes it', async () => {
    slack.answerWith({ status: 500 }, { status: 503 }, { status: 200 });
    expect(await run([toEverybody('slack')])).toMatchObject({ failed: [], delivered: 1 });
    expect(slack.requests).toHaveLength(3);
  });

  it('that never answers fails its message alone, in time, while all others are delivered', async () => {
    slack.answerWith('hang');
    const begun = performance.now();
    const { failed, delivered } = await run(PEOPLE.map(toEverybody), 2);
    expect([failed, delivered]).toEqual([['slack'], 3]);
    expect(performance.now() - begun).toBeLessThan(4 * SECOND);
    expect([webhook, pagerDuty].map(({ requests }) => requests.length)).toEqual([1, 1]);
  });

  it('that refuses connections is tried until the end of the run', async () => {
    here.secrets.set('shop/slack', `http://127.0.0.1:${await freePort()}/x`);
    expect((await run([toEverybody('slack')], 3)).failed).toEqual(['slack']);
    const line = JSON.parse(here.lines[0] ?? '{}');
    expect(line).toMatchObject({
      outcome: 'later',
      sentence: 'Slack (#everybody) cannot be reached (ECONNREFUSED).',
    });
    expect(line.attempts).toBeGreaterThan(1);
  });

  it('that breaks the connection off is in trouble too', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    here.secrets.set('shop/slack', `http://127.0.0.1:${port}/x`);
    expect((await run([toEverybody('slack')], 1.5)).failed).toEqual(['slack']);
    await new Promise((resolve) => server.close(resolve));
  });

  it('gets its message again when the queue brings it, and no other channel gets it twice', async () => {
    slack.answerWith({ status: 503 });
    const records = PEOPLE.map(toEverybody);
    const { failed } = await run(records, 3);
    slack.answerWith({ status: 200 });
    // What a queue does: it deletes what was acknowledged and brings the rest.
    expect(await run(records.filter(({ messageId }) => failed.includes(messageId)))).toMatchObject({
      failed: [],
    });
    expect([webhook, pagerDuty].map(({ requests }) => requests.length)).toEqual([1, 1]);
    expect(here.mails).toHaveLength(1);
  });

  it('of mail is tried again, unless AWS says that it never will', async () => {
    let times = 0;
    here.mail = async () => {
      times += 1;
      if (times < 3) throw new Error('Throttled.');
    };
    expect((await run([toEverybody('mail')])).failed).toEqual([]);
    here.mail = async () => {
      times += 1;
      throw new LastingFailure('There is no such topic.');
    };
    expect((await run([toEverybody('mail')])).failed).toEqual(['mail']);
    expect(times).toBe(4);
  });
});

describe('a channel that refuses', () => {
  it.each([400, 404, 302])('with %i is asked once, and its message stays with the queue', async (status) => {
    slack.answerWith({ status, headers: { location: webhook.url } });
    const { failed, delivered } = await run(['slack', 'webhook'].map(toEverybody));
    expect([failed, delivered]).toEqual([['slack'], 1]);
    expect(slack.requests).toHaveLength(1);
  });

  it('its old address gets the message at the new one, if the secret was changed meanwhile', async () => {
    await run([toEverybody('slack')]);
    slack.answerWith({ status: 404, text: 'no_service' }, { status: 200 });
    here.secrets.set('shop/slack', `${slack.url}/services/new`);
    expect((await run([toEverybody('slack')])).failed).toEqual([]);
    expect(slack.requests.map(({ path }) => path)).toEqual([
      '/services/T0/B0/hidden-token',
      '/services/T0/B0/hidden-token',
      '/services/new',
    ]);
  });

  it('is not asked a third time with the same secret', async () => {
    slack.answerWith({ status: 403 });
    await run([toEverybody('slack'), { ...toEverybody('slack'), messageId: 'other' }]);
    expect(slack.requests).toHaveLength(2);
  });
});

describe('the secrets', () => {
  it('are read once for many messages, and anew after five minutes', async () => {
    const clock = new FakeClock();
    const through = {
      post: async () => ({ kind: 'answer', status: 200, retryAfter: undefined, reason: '' }) as const,
    };
    const other = scene({ clock, through });
    other.secrets.set('shop/slack', 'https://hooks.example.net/x');
    const twice = [toEverybody('slack'), toEverybody('slack')];
    await clock.run(relay(twice, other.run(5 * SECOND)));
    expect(other.reads).toEqual(['shop/slack']);
    await clock.advance(5 * 60 * SECOND);
    await clock.run(relay(twice, other.run(5 * SECOND)));
    expect(other.reads).toEqual(['shop/slack', 'shop/slack']);
  });

  it('may hold an address of its own for a channel of Slack', async () => {
    const urls = { url: `${slack.url}/all`, '#everybody': `${slack.url}/everybody` };
    here.secrets.set('shop/slack', JSON.stringify(urls));
    await run([toEverybody('slack'), record('slack', sns('alerts', group({ receiver: 'default' })))]);
    expect(slack.requests.map(({ path }) => path).sort()).toEqual(['/all', '/everybody']);
  });

  it('that hold nothing usable, or cannot be read, fail the message and say which', async () => {
    here.secrets.set('shop/slack', 'hidden-nonsense');
    here.secrets.delete('shop/webhook');
    expect((await run(['slack', 'webhook'].map(toEverybody), 2.5)).failed).toEqual(['slack', 'webhook']);
    expect(here.lines.join('\n')).toMatch(/The secret shop\/slack does not hold/);
    expect(here.lines.join('\n')).toMatch(/There is no secret shop\/webhook/);
  });

  it('are in no line of the log, whatever the servers answer', async () => {
    const page = 'The URL /services/T0/B0/hidden-token was not found. hidden-key hidden0routing0key';
    for (const one of [slack, webhook, pagerDuty]) one.answerWith({ status: 404, text: page });
    await run(PEOPLE.map(toEverybody));
    slack.answerWith('hang');
    await run([toEverybody('slack')], 1.5);
    here.secrets.set('shop/slack', 'http://hidden-host.invalid:99999/x');
    here.secrets.set('shop/webhook', 'http://[hidden-host');
    await run(PEOPLE.map(toEverybody), 1.5);
    expect(here.lines.length).toBeGreaterThan(8);
    expect(here.lines.filter((line) => /hidden|http:/.test(line))).toEqual([]);
  });
});

describe('the watchdog', () => {
  const beat = (over: object = {}) =>
    record('heartbeat', sns('alerts', group({ receiver: 'holdfast-watchdog', ...over })));

  it('becomes a heartbeat of the time at which it was sent', async () => {
    expect((await run([beat()])).failed).toEqual([]);
    expect(here.beats).toEqual([Date.UTC(2026, 10, 21, 8, 45, 0)]);
  });

  it('that has ended is no heartbeat', async () => {
    await run([beat({ status: 'resolved' })]);
    expect(here.beats).toEqual([]);
  });

  it('is given up when the other region does not take it: a late one would tell nothing', async () => {
    here.peer = () => Promise.reject(new Error('The region is gone.'));
    expect(await run([beat()], 1.5)).toEqual({ failed: [], delivered: 0, heartbeatsFailed: 1 });
  });
});

describe('one trouble', () => {
  it('that both regions tell is one incident for PagerDuty', async () => {
    const there = scene({
      pagerDutyUrl: pagerDuty.url,
      settings: { ...SETTINGS, region: 'us-west-2', role: 'standby' },
    });
    there.secrets.set('shop/pagerduty', 'hidden0routing0key');
    const page = record('pager-duty', sns('edge-alarms', alarm()));
    await run([page]);
    await relay([page], there.run(SECOND * 5));
    const keys = pagerDuty.requests.map(({ body }) => body.dedup_key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});
