import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Detail, Notification } from '../../../lambda/alert-relay/notification';
import { openEnvelope } from '../../../lambda/alert-relay/read/envelope';
import { read } from '../../../lambda/alert-relay/read/read';
import { mailMessage } from '../../../lambda/alert-relay/render/mail';
import { pagerDutyEvent } from '../../../lambda/alert-relay/render/pager-duty';
import { escaped, slackMessage } from '../../../lambda/alert-relay/render/slack';
import { webhookMessage } from '../../../lambda/alert-relay/render/webhook';
import { alarm, alert, group, SETTINGS, sns } from './support/messages';

const told = (body: string): Notification =>
  read(openEnvelope(body, 'id'), { settings: SETTINGS, grafana: undefined });
const firing = told(sns('alerts', group()));
const page = told(sns('on-call', alarm()));
const over = told(sns('on-call', alarm({ NewStateValue: 'OK' })));

const text = fc.string({ unit: 'grapheme', maxLength: 5_000 });
const maybe = fc.option(fc.string({ unit: 'grapheme', maxLength: 100 }), { nil: undefined });
const place = fc.record({ platform: fc.constant('shop'), region: maybe, service: maybe });
const status = fc.constantFrom('firing' as const, 'resolved' as const);
const detail: fc.Arbitrary<Detail> = fc.record({
  status,
  sentence: text,
  where: place,
  since: fc.constant('2026-11-21T08:42:00Z'),
});
const notifications: fc.Arbitrary<Notification> = fc.record({
  source: fc.constantFrom('prometheus', 'cloudwatch', 'page', 'text'),
  status,
  severity: fc.constantFrom('critical', 'warning', 'info'),
  title: text,
  what: text,
  where: place,
  since: fc.option(fc.constant('2026-11-21T08:42:00Z'), { nil: undefined }),
  description: text,
  links: fc.record({ runbook: text, graph: fc.webUrl({ withQueryParameters: true }) }, { requiredKeys: [] }),
  quiet: text,
  dedupKey: fc.constant('key'),
  details: fc.array(detail, { maxLength: 15 }),
  more: fc.nat(20),
  receiver: fc.constant('everybody'),
  note: text,
});

describe('a message for Slack', () => {
  it('reads as a person can act on it', () => {
    const { channel, text: line, attachments } = slackMessage(page, '#critical');
    expect(channel).toBe('#critical');
    expect(line).toBe('FIRING critical: shop-archive-silent (us-east-1)');
    const [{ color, blocks } = { color: '', blocks: [] }] = attachments;
    expect(color).toBe('#d40e0d');
    expect(
      blocks
        .flatMap(({ text: one, fields = [] }) => [...(one ? [one] : []), ...fields])
        .map((one) => one.text),
    ).toEqual([
      'Threshold Crossed: no datapoints were received for 3 periods.',
      '*Where*\nshop: us-east-1',
      '*Severity*\ncritical',
      '*Since*\n2026-11-21 08:42:00 UTC',
      'Nothing is archived. Look at the slot first.',
      'Runbook: docs/runbooks/archive-gap.md | <https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/shop-archive-silent|Console>',
      'To quiet it: `aws cloudwatch disable-alarm-actions --region us-east-1 --alarm-names shop-archive-silent`',
    ]);
  });

  it('is green when it is over, and says so first', () => {
    const { text: line, attachments } = slackMessage(over, '#critical');
    expect(line).toMatch(/^RESOLVED: /);
    expect(attachments[0]?.color).toBe('#2eb886');
  });

  it('mentions nobody and links to nothing that a label or a sentence says', () => {
    const message = JSON.stringify(
      slackMessage({ ...page, what: '<!channel> <https://evil.example|ok> a & b', title: '<@U1>' }, '#x'),
    );
    expect(message).toContain('&lt;!channel&gt;');
    expect(message).not.toMatch(/<[!@]/);
    expect(message).not.toContain('<https://evil');
  });

  it('keeps the limits of Slack whatever it holds', () => {
    fc.assert(
      fc.property(notifications, (notification) => {
        const { text: line, attachments } = slackMessage(notification, '#x');
        const blocks = attachments.flatMap((one) => one.blocks);
        expect(line.length).toBeLessThanOrEqual(300);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if (block.text) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
          if (block.text) expect(block.text.text.length).toBeGreaterThan(0);
          for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2_000);
        }
      }),
    );
  });

  it('never cuts an escaped character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('&', '<', '>', 'a', '😀'), maxLength: 60 }),
        fc.integer({ min: 10, max: 60 }),
        (raw, max) => {
          const sent = escaped(raw, max);
          const back = sent
            .replace(/\.\.\.$/, '')
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&amp;', '&');
          return (
            sent.length <= max && raw.startsWith(back) && !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(sent)
          );
        },
      ),
    );
  });
});

describe('a mail', () => {
  it('has a subject that SNS takes, whatever it is about', () => {
    fc.assert(
      fc.property(notifications, (notification) =>
        /^[\x20-\x7e]{1,99}$/.test(mailMessage(notification).subject),
      ),
    );
  });

  it('says all of it in plain text', () => {
    expect(mailMessage(page)).toEqual({
      subject: '[shop] FIRING critical: shop-archive-silent (us-east-1)',
      text: [
        'Threshold Crossed: no datapoints were received for 3 periods.',
        '',
        'Nothing is archived. Look at the slot first.',
        '',
        'Status: firing',
        'Severity: critical',
        'Where: shop: us-east-1',
        'Since: 2026-11-21 08:42:00 UTC',
        'Runbook: docs/runbooks/archive-gap.md',
        'Console: https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/shop-archive-silent',
        'To quiet it: aws cloudwatch disable-alarm-actions --region us-east-1 --alarm-names shop-archive-silent',
        'Told to: critical-alerts',
        '',
      ].join('\n'),
    });
  });

  it('names each alert of a group, ten of them at most, and counts the others', () => {
    const alerts = Array.from({ length: 12 }, (_, index) => alert({}, { service: `s${index}` }));
    const { text: body, subject } = mailMessage(told(sns('alerts', group({ firing: 15, alerts }))));
    expect(subject).toContain('HighErrorRate x 15');
    expect(body.match(/^firing: /gm)).toHaveLength(10);
    expect(body).toContain('and 5 more');
  });
});

describe('an event for PagerDuty', () => {
  it('opens an incident with the urgency, and closes it by the same key', () => {
    expect(pagerDutyEvent(page, 'k')).toMatchObject({
      routing_key: 'k',
      event_action: 'trigger',
      dedup_key: page.dedupKey,
      payload: {
        summary: expect.stringContaining('shop: FIRING critical: shop-archive-silent'),
        source: 'us-east-1',
        severity: 'critical',
        timestamp: '2026-11-21T08:42:00Z',
      },
      links: [{ text: 'console', href: expect.stringContaining('https://') }],
    });
    expect(pagerDutyEvent(over, 'k')).toEqual({
      routing_key: 'k',
      event_action: 'resolve',
      dedup_key: page.dedupKey,
    });
  });

  it('stays within the limits of PagerDuty', () => {
    fc.assert(
      fc.property(notifications, (notification) => {
        const event = pagerDutyEvent(notification, 'k');
        if (event.event_action === 'trigger') {
          expect(event.payload.summary.length).toBeLessThanOrEqual(1024);
          expect(JSON.stringify(event).length).toBeLessThan(512 * 1024);
        }
      }),
    );
  });
});

describe('the message for a webhook', () => {
  it('is the one that the documentation shows', () => {
    const page = readFileSync(join(__dirname, '../../../docs/alert-webhook.md'), 'utf8');
    const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(webhookMessage(firing, '00000000-0000-4000-8000-000000000001')).toEqual(JSON.parse(shown));
  });

  it('has each alert of a group, with null for what nobody knows', () => {
    const alerts = [alert({ startsAt: 'soon' }, { service: '' }), alert({ status: 'resolved' })];
    expect(webhookMessage(told(sns('alerts', group({ firing: 2, resolved: 1, alerts }))), 'm')).toMatchObject(
      {
        service: null,
        more: 1,
        alerts: [
          { status: 'firing', region: 'us-west-2', service: null, since: null },
          { status: 'resolved', region: 'us-west-2', service: 'backend', since: '2026-11-21T08:42:00Z' },
        ],
      },
    );
  });
});
