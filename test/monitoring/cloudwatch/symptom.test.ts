import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { makeAlarm } from '../../../lib/monitoring/cloudwatch/alarm';
import { makeSymptom, RULE_LIMITS, ruleOf } from '../../../lib/monitoring/cloudwatch/symptom';
import { bareApp, platform } from '../../support/synth';

const file = platform('ops-center');
const text = { name: 'ill', says: 'It is ill. Look at it.', runbook: 'cloudwatch-alarms' } as const;

describe('the rule of a symptom', () => {
  it('holds when any of its reasons does, and everything that must hold as well', () => {
    expect(ruleOf(file, { ...text, anyOf: ['a', 'b'] })).toBe(
      'ALARM("ops-center-a") OR ALARM("ops-center-b")',
    );
    expect(ruleOf(file, { ...text, anyOf: ['a', 'b'], allOf: ['c'] })).toBe(
      '(ALARM("ops-center-a") OR ALARM("ops-center-b")) AND ALARM("ops-center-c")',
    );
    expect(ruleOf(file, { ...text, anyOf: ['a'], allOf: ['c'] })).toBe(
      'ALARM("ops-center-a") AND ALARM("ops-center-c")',
    );
  });

  it('is refused at synth where CloudWatch would refuse it: without a reason, with too many, or too long', () => {
    const many = (count: number, length = 1) =>
      Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'x'));
    expect(() => ruleOf(file, { ...text, anyOf: [] })).toThrow('0 children');
    expect(() => ruleOf(file, { ...text, anyOf: many(RULE_LIMITS.children + 1) })).toThrow('101 children');
    expect(() => ruleOf(file, { ...text, anyOf: many(100, 90) })).toThrow(/a rule of 1\d{4} characters/);
    expect(ruleOf(file, { ...text, anyOf: many(100) })).toContain('ops-center-99');
  });

  it('names only alarms of its own stack', () => {
    const stack = new Stack(bareApp(), 'Some', { env: { account: file.account, region: 'us-east-1' } });
    expect(() => makeSymptom(stack, { platform: file }, { ...text, anyOf: ['a'] })).toThrow(
      'ill names the alarm a, which its stack does not have',
    );
  });
});

describe('an alarm', () => {
  const make = (alarm: Partial<Parameters<typeof makeAlarm>[2]>) => {
    const stack = new Stack(bareApp(), 'Some', { env: { account: file.account, region: 'us-west-2' } });
    return makeAlarm(
      stack,
      { platform: file },
      {
        ...text,
        namespace: 'AWS/RDS',
        metric: 'CPUUtilization',
        dimensions: {},
        statistic: 'Average',
        urgency: 'cause',
        silence: 'trouble',
        periodSeconds: 60,
        periods: 1,
        of: 1,
        threshold: 1,
        ...alarm,
      },
    );
  };

  it('pages the person on call, waits for the morning, or leaves it to its symptom', () => {
    expect(make({ urgency: 'page' }).alarmActions).toEqual([
      'arn:aws:sns:us-west-2:123456789012:ops-center-on-call',
    ]);
    expect(make({ urgency: 'morning' }).alarmActions).toEqual([
      'arn:aws:sns:us-west-2:123456789012:ops-center-alerts',
    ]);
    expect(make({ urgency: 'cause' }).alarmActions).toBeUndefined();
  });

  it.each([
    ['trouble', 'breaching'],
    ['nothing-happened', 'notBreaching'],
    ['told-elsewhere', 'notBreaching'],
    ['as-before', 'ignore'],
  ] as const)('takes silence as what it is: %s is %s', (silence, treated) => {
    expect(make({ silence }).treatMissingData).toBe(treated);
  });

  it('takes a percentile as CloudWatch wants it', () => {
    expect(make({ statistic: 'p95' })).toMatchObject({ extendedStatistic: 'p95', statistic: undefined });
    expect(make({ statistic: 'Sum' })).toMatchObject({ extendedStatistic: undefined, statistic: 'Sum' });
  });
});
