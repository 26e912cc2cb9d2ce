import { describe, expect, it } from '@jest/globals';
import { embeddedMetrics } from '../../../../lambda/region-agent/aws/metrics';
import { asSubject, topicPager } from '../../../../lambda/region-agent/aws/pager';
import { snsPublish } from '../../../../lambda/region-agent/aws/sns';
import type { Pager } from '../../../../lambda/region-agent/ports';
import { createLog } from '../../../../lambda/runtime/log';
import { FakeClock } from '../../../support/fake-clock';
import { FAST, usePlayedService, xml, xmlError } from './support';

describe('a page', () => {
  const played = usePlayedService('SNS');
  const topic = 'arn:aws:sns:us-west-2:123456789012:shop-on-call';
  const pager = (): Pager => topicPager(topic, snsPublish('us-west-2'), FAST);

  it('is published once, with a subject and the sentence', async () => {
    played.play(() => xml('Publish', '<MessageId>1</MessageId>'));
    await pager().page('shop: us-west-2 leads', 'us-west-2 leads epoch 2 and takes writes.');
    expect(played.parameters).toMatchObject([
      {
        Action: 'Publish',
        TopicArn: topic,
        Subject: 'shop: us-west-2 leads',
        Message: 'us-west-2 leads epoch 2 and takes writes.',
      },
    ]);
  });

  it('that SNS refuses, throttles or never answers is an error that names it', async () => {
    played.play(() => xmlError('NotFound', 'Topic does not exist', 404));
    await expect(pager().page('Hello', 'x')).rejects.toThrow('Paging the person on call ("Hello") failed: ');
    played.play(() => xmlError('Throttled', 'Rate exceeded', 429));
    await expect(pager().page('Hello', 'x')).rejects.toThrow('was throttled by AWS');
    expect(played.requests).toHaveLength(1);
    played.hang();
    await expect(pager().page('Hello', 'x')).rejects.toThrow('gave no answer within 3 s');
  });

  it('has a subject that SNS takes: one line of at most 100 ASCII characters', () => {
    expect(asSubject('platform "café"\nleads')).toBe('platform "caf " leads');
    expect(asSubject('x'.repeat(99))).toHaveLength(99);
    expect(asSubject('x'.repeat(100))).toBe(`${'x'.repeat(96)}...`);
  });
});

describe('the metrics of a turn', () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const report = embeddedMetrics(
    'shop',
    clock,
    createLog((line) => lines.push(line)),
  );

  it('are one line of the log that CloudWatch reads', () => {
    report({ turns: 1, leaseNotRenewed: 0 });
    const [line = ''] = lines.splice(0);
    expect(JSON.parse(line)).toEqual({
      event: 'agent-metrics',
      _aws: {
        Timestamp: clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'Holdfast',
            Dimensions: [['Platform']],
            Metrics: [
              { Name: 'AgentTurns', Unit: 'Count' },
              { Name: 'LeaseNotRenewed', Unit: 'Count' },
            ],
          },
        ],
      },
      Platform: 'shop',
      AgentTurns: 1,
      LeaseNotRenewed: 0,
    });
  });

  it('have units: seconds for what is a time, none for a state', () => {
    report({ leads: 1, leaseAge: 4.5, replicationLag: 0 });
    const [line = ''] = lines.splice(0);
    expect(JSON.parse(line)).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          {
            Metrics: [
              { Name: 'Leads', Unit: 'None' },
              { Name: 'LeaseAgeSeconds', Unit: 'Seconds' },
              { Name: 'ReplicationLagSeconds', Unit: 'Seconds' },
            ],
          },
        ],
      },
      Leads: 1,
      LeaseAgeSeconds: 4.5,
      ReplicationLagSeconds: 0,
    });
  });

  it('are no line if there are none', () => {
    report({});
    expect(lines).toEqual([]);
  });
});
