import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/region-agent/contract';
import { RUNBOOKS } from '../../lib/monitoring/cloudwatch/runbooks';
import { LEADERSHIP_SYMPTOM, RECOVERY_ALARMS } from '../../lib/recovery/alarms';
import { childrenOf } from '../support/paging';
import { type Resource, ROOT, synthesized } from '../support/synth';

const NAMES = RECOVERY_ALARMS.map(({ name }) => `ops-center-${name}`);
/** What a person looks at, and other alarms reckon with: they are wrong at no value. */
const FOR_A_GRAPH: readonly string[] = [
  METRICS.leads,
  METRICS.leaseAge,
  METRICS.replicationLag,
  METRICS.epoch,
];

const alarms = (region: string): Resource['Properties'][] =>
  synthesized('ops-center')
    .resources(`${region}-Recovery`, 'AWS::CloudWatch::Alarm')
    .map(([, { Properties }]) => Properties)
    .filter(({ AlarmName }) => NAMES.includes(AlarmName));
const alarm = (name: string): Resource['Properties'] => {
  const found = alarms('us-east-1').find(({ AlarmName }) => AlarmName === `ops-center-${name}`);
  if (!found) throw new Error(`There is no alarm ${name}.`);
  return found;
};

describe.each(['us-east-1', 'us-west-2'])('the alarms on leadership in %s', (region) => {
  it('page the person on call when they begin and when they end, each by itself or as a reason of one symptom', () => {
    const recovery = `${region}-Recovery`;
    const [topic] = synthesized('ops-center').resources(recovery, 'AWS::SNS::Topic')[0] ?? [];
    const symptom = synthesized('ops-center')
      .resources(recovery, 'AWS::CloudWatch::CompositeAlarm')
      .map(([, { Properties }]) => Properties)
      .find(({ AlarmName }) => AlarmName === 'ops-center-nobody-can-write');
    const told = [[{ Ref: topic }], [{ Ref: topic }]];
    expect([symptom?.AlarmActions, symptom?.OKActions]).toEqual(told);
    const reasons = childrenOf(symptom?.AlarmRule);
    expect(reasons.sort()).toEqual(LEADERSHIP_SYMPTOM.anyOf.map((name) => `ops-center-${name}`).sort());
    expect(alarms(region)).toHaveLength(RECOVERY_ALARMS.length);
    for (const { AlarmName, AlarmActions, OKActions } of alarms(region))
      expect([AlarmName, AlarmActions, OKActions]).toEqual([
        AlarmName,
        ...(reasons.includes(AlarmName) ? [undefined, undefined] : told),
      ]);
  });

  it('have as reasons of refused writes all that keeps a lease from being renewed or taken', () => {
    expect([...LEADERSHIP_SYMPTOM.anyOf].sort()).toEqual([
      'failover-gate-refused',
      'fence-closed',
      'lease-not-renewed',
      'region-agent-errors',
      'region-agent-failing',
      'region-agent-silent',
    ]);
  });

  it('say what to do first, and which runbook has the rest', () => {
    for (const { AlarmDescription } of alarms(region)) {
      const runbook = /Runbook: docs\/runbooks\/([a-z-]+)\.md$/.exec(AlarmDescription)?.[1];
      expect(RUNBOOKS).toContain(runbook);
      expect(AlarmDescription).toMatch(/ (Look|Ask|Read) /);
      // CloudWatch takes no longer one.
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });
});

describe('the alarms on leadership', () => {
  it('are on every metric of the agent that says that something is wrong', () => {
    const watched = alarms('us-east-1')
      .filter(({ Namespace }) => Namespace === METRIC_NAMESPACE)
      .map(({ MetricName, Dimensions }) => ({ MetricName, Dimensions }));
    const told = Object.values(METRICS).filter((metric) => !FOR_A_GRAPH.includes(metric));
    expect(watched.map(({ MetricName }) => MetricName).sort()).toEqual(told.sort());
    for (const { Dimensions } of watched)
      expect(Dimensions).toEqual([{ Name: 'Platform', Value: 'ops-center' }]);
  });

  it('take silence of the agent for trouble after three minutes, and silence of everything else for none', () => {
    expect(alarm('region-agent-silent')).toMatchObject({
      MetricName: METRICS.turns,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
    });
    for (const { AlarmName, TreatMissingData } of alarms('us-east-1'))
      if (AlarmName !== 'ops-center-region-agent-silent') expect(TreatMissingData).toBe('notBreaching');
  });

  it('tell at once that a gate forbids a takeover, and after half an hour that leadership does not settle', () => {
    expect(alarm('failover-gate-refused')).toMatchObject({ Period: 60, EvaluationPeriods: 1 });
    const { Period, EvaluationPeriods, DatapointsToAlarm } = alarm('leadership-unsettled');
    expect(Period * EvaluationPeriods).toBe(30 * 60);
    expect(DatapointsToAlarm).toBe(EvaluationPeriods);
  });

  it('see a function that crashes, which can report nothing itself', () => {
    const { Dimensions, ...rest } = alarm('region-agent-errors');
    expect(rest).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum' });
    expect(Dimensions).toEqual([
      { Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^AgentFunction/) } },
    ]);
  });

  it('lead to runbooks that exist', () => {
    expect(RUNBOOKS.filter((name) => !existsSync(join(ROOT, 'docs/runbooks', `${name}.md`)))).toEqual([]);
  });
});
