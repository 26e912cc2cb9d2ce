import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Notification } from '../../../lambda/alert-relay/notification';
import { openEnvelope } from '../../../lambda/alert-relay/read/envelope';
import { read } from '../../../lambda/alert-relay/read/read';
import { alarm, alert, composite, group, HOME, SETTINGS, STANDBY, sns } from './support/messages';

const readBody = (body: string, grafana?: string): Notification =>
  read(openEnvelope(body, 'queue-id'), { settings: SETTINGS, grafana });

describe('an alert of Prometheus', () => {
  const one = readBody(sns('alerts', group(), { receiver: 'everybody' }), 'https://grafana.example.net');

  it('says what is wrong, where, since when, and what to do', () => {
    expect(one).toMatchObject({
      source: 'prometheus',
      status: 'firing',
      severity: 'critical',
      title: 'HighErrorRate',
      what: 'backend answers 7 % of its requests with errors.',
      where: { platform: 'shop', region: STANDBY, service: 'backend' },
      since: '2026-11-21T08:42:00Z',
      description: 'Users see errors. Look at the log of the newest tasks first.',
      receiver: 'everybody',
    });
  });

  it('leads to its panel, its article, and a silence with the alert filled in', () => {
    const { graph, runbook, silence } = one.links;
    expect(graph).toBe(
      `https://grafana.example.net/d/holdfast-services?var-region=${STANDBY}&viewPanel=errors`,
    );
    expect(runbook).toBe('https://example.net/docs/runbooks/alerts.md#higherrorrate');
    expect(new URL(silence ?? '').searchParams.getAll('matcher')).toEqual([
      'alertname=HighErrorRate',
      'platform=shop',
      `region=${STANDBY}`,
      'service=backend',
      'severity=critical',
    ]);
  });

  it('has no link to a Grafana that there is not, nor to an address that leads nowhere', () => {
    expect(Object.keys(readBody(sns('alerts', group())).links)).toEqual(['runbook']);
  });

  it('has the same key when it ends, and whichever region tells it', () => {
    const ended = group({ region: STANDBY, status: 'resolved', alerts: [alert({ status: 'resolved' })] });
    expect(readBody(sns('alerts', ended)).dedupKey).toBe(one.dedupKey);
    expect(readBody(sns('alerts', ended)).status).toBe('resolved');
  });

  it('of which several came at once is told with each of them and the number of the others', () => {
    const alerts = ['backend', 'frontend'].map((service, index) =>
      alert({ startsAt: `2026-11-21T08:4${3 - index}:00Z` }, { service }),
    );
    const several = readBody(sns('alerts', group({ firing: 4, alerts })));
    expect(several.details.map(({ where }) => where.service)).toEqual(['backend', 'frontend']);
    expect(several.more).toBe(2);
    expect(several.since).toBe('2026-11-21T08:42:00Z');
    // They are in one region, and not of one service.
    expect(several.where).toEqual({ platform: 'shop', region: STANDBY, service: undefined });
  });

  it('is told to the default receiver if nobody knows its own, and says so', () => {
    const stray = readBody(sns('alerts', group({ receiver: 'gone' }), { receiver: 'gone' }));
    expect(stray.receiver).toBe('default');
    expect(stray.note).toContain('gone');
  });

  it('that was cut off in its middle is told as it is, to its receiver', () => {
    const text = JSON.stringify(group()).slice(0, 400);
    const broken = readBody(sns('alerts', text, { receiver: 'everybody' }));
    expect(broken.receiver).toBe('everybody');
    expect(`${broken.what}${broken.description}`).toContain('"source":"amp"');
  });
});

describe('an alarm of CloudWatch', () => {
  it('pages the person on call with the reason, the article and a command that quiets it', () => {
    const told = readBody(sns('on-call', alarm()));
    expect(told).toMatchObject({
      status: 'firing',
      severity: 'critical',
      title: 'shop-archive-silent',
      what: 'Threshold Crossed: no datapoints were received for 3 periods.',
      description: 'Nothing is archived. Look at the slot first.',
      where: { region: HOME },
      since: '2026-11-21T08:42:00Z',
      receiver: 'critical-alerts',
      quiet: `aws cloudwatch disable-alarm-actions --region ${HOME} --alarm-names shop-archive-silent`,
      links: {
        runbook: 'docs/runbooks/archive-gap.md',
        console: `https://${HOME}.console.aws.amazon.com/cloudwatch/home?region=${HOME}#alarmsV2:alarm/shop-archive-silent`,
      },
    });
  });

  it('is over when it is OK, under the same key, and not when it has no data', () => {
    const begun = readBody(sns('on-call', alarm()));
    const over = readBody(sns('on-call', alarm({ NewStateValue: 'OK' })));
    expect([over.status, over.dedupKey]).toEqual(['resolved', begun.dedupKey]);
    const silent = readBody(sns('on-call', alarm({ NewStateValue: 'INSUFFICIENT_DATA' })));
    expect([silent.status, silent.what]).toEqual(['firing', expect.stringContaining('no data')]);
  });

  it('is in the region of its ARN, also if it is a composite', () => {
    expect(readBody(sns('on-call', composite())).where.region).toBe(STANDBY);
  });

  it('of the edge has one key in both regions', () => {
    const [here, there] = ['queue-a', 'queue-b'].map((id) =>
      read(openEnvelope(sns('edge-alarms', alarm()), id), { settings: SETTINGS, grafana: undefined }),
    );
    expect(here?.dedupKey).toBe(there?.dedupKey);
  });

  it('that is a quiet cause goes to the default receiver as a warning', () => {
    expect(readBody(sns('alerts', alarm()))).toMatchObject({ receiver: 'default', severity: 'warning' });
  });
});

describe('a page of an agent', () => {
  it('is told with its subject and its sentence', () => {
    const subject = 'shop us-east-1: a takeover is due and a gate forbids it';
    const told = readBody(sns('on-call', 'The replica lags by 90 s.', { subject }));
    expect(told).toMatchObject({
      source: 'page',
      status: 'firing',
      severity: 'critical',
      title: subject,
      what: 'The replica lags by 90 s.',
      receiver: 'critical-alerts',
    });
  });

  it('that is repeated has the key of the first', () => {
    const [first, second] = ['a', 'b'].map((id) => readBody(sns('on-call', 'x', { subject: 'lag', id })));
    expect(first?.dedupKey).toBe(second?.dedupKey);
    expect(readBody(sns('on-call', 'x', { subject: 'lag', region: STANDBY })).dedupKey).not.toBe(
      first?.dedupKey,
    );
  });
});

describe('whatever else arrives', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.json(),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2_000 }),
  );

  it('is told to somebody with its beginning, and never refused', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (text, wrapped) => {
        const told = readBody(wrapped && text.trim() !== '' ? sns('on-call', text) : text);
        const words = text.trim().split('\n')[0]?.slice(0, 100) ?? '';
        return `${told.what}\n${told.description}`.includes(words) && told.receiver in SETTINGS.receivers;
      }),
    );
  });

  it('has a key that PagerDuty takes, whatever its labels are', () => {
    const labels = fc.dictionary(fc.string(), fc.string({ maxLength: 200 }));
    fc.assert(
      fc.property(labels, (groupLabels) => {
        const { dedupKey } = readBody(sns('alerts', group({ groupLabels })));
        return dedupKey.length > 0 && dedupKey.length <= 255;
      }),
    );
  });

  it('is told in full up to 20,000 characters, and counts the rest', () => {
    const told = readBody(sns('on-call', `Head\n${'x'.repeat(30_000)}`));
    expect(told.description).toMatch(/^x{20000}\n\(10000 characters more\)$/);
  });
});
