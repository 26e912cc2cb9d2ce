import { Stack } from 'aws-cdk-lib';
import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmName, alertsTopicArn, onCallTopicArn } from '../../config/names';
import type { Platform } from '../../config/platform';
import type { Runbook } from './runbooks';

/**
 * Who hears of an alarm.
 * - `page`: the person on call, at once, when it begins and when it ends.
 * - `morning`: the receiver `default`, through the topic of the alerts; nobody is woken.
 * - `cause`: nobody by itself. It is a child of a symptom, which pages and names the children that made it.
 */
export type Urgency = 'page' | 'morning' | 'cause';

/**
 * What a period without data means; each alarm says it on purpose.
 * - `trouble`: somebody should have reported, and its silence is the finding.
 * - `nothing-happened`: the metric is written only when there is something to count.
 * - `told-elsewhere`: silence is trouble, and another alarm is on it.
 * - `as-before`: reports are rarer than evaluations, or say what holds until the next one.
 */
export type Silence = 'trouble' | 'nothing-happened' | 'told-elsewhere' | 'as-before';

const MISSING_DATA: Readonly<Record<Silence, string>> = {
  trouble: 'breaching',
  'nothing-happened': 'notBreaching',
  'told-elsewhere': 'notBreaching',
  'as-before': 'ignore',
};

/** A metric of the alarm's own region. */
export interface Metric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Maximum`, `SampleCount`, or a percentile: `p95`. */
  readonly statistic: string;
}

/** Several metrics and what is made of them. CloudWatch bills each metric of it like an alarm of its own. */
export interface Formula {
  /** By the names that the expression uses: lower-case letters and digits. At most ten. */
  readonly of: Readonly<Record<string, Metric>>;
  /** Metric math. */
  readonly expression: string;
  /** What it yields, with its unit. */
  readonly label: string;
}

/** A query over all metrics of a kind: `SELECT SUM(Errors) FROM "AWS/Lambda" WHERE ...`. Billed by the metrics it reads. */
export interface Query {
  readonly query: string;
  readonly label: string;
}

/** What every alarm says, whatever it measures. */
export interface AlarmText {
  /** End of the alarm's name. */
  readonly name: string;
  /** What it means and what to do first. */
  readonly says: string;
  readonly runbook: Runbook;
}

interface Rule extends AlarmText {
  readonly urgency: Urgency;
  readonly silence: Silence;
  readonly periodSeconds: number;
  /** So many of the last `of` periods. */
  readonly periods: number;
  readonly of: number;
  readonly threshold: number;
  /** The alarm is on what is less than the threshold; otherwise on what reaches it. */
  readonly below?: true;
}

/** An alarm on one metric, on a formula, or on a query. */
export type Alarm = Rule & (Metric | { readonly formula: Formula } | { readonly query: Query });

/** Whose alarms they are. Metrics and topics are of the region of the stack that they are made in. */
export interface AlarmOwner {
  readonly platform: Platform;
  /** The region's topic of the person on call, where the stack has it; otherwise its fixed name is used. */
  readonly topicArn?: string;
}

/** @returns what CloudWatch shows and sends as the description */
export const describe = ({ says, runbook }: Omit<AlarmText, 'name'>): string =>
  `${says} Runbook: docs/runbooks/${runbook}.md`;

/** @returns the topics of an alarm; by their fixed names, so that a stack may be deployed before them */
export function actionsOf(scope: Construct, { platform, topicArn }: AlarmOwner, urgency: Urgency): string[] {
  const { region } = Stack.of(scope);
  if (urgency === 'page') return [topicArn ?? onCallTopicArn(platform, region)];
  return urgency === 'morning' ? [alertsTopicArn(platform, region)] : [];
}

/** Makes an alarm. */
export function makeAlarm(scope: Construct, owner: AlarmOwner, alarm: Alarm): CfnAlarm {
  const actions = actionsOf(scope, owner, alarm.urgency);
  return new CfnAlarm(scope, alarm.name, {
    alarmName: alarmName(owner.platform, alarm.name),
    alarmDescription: describe(alarm),
    ...measured(alarm),
    evaluationPeriods: alarm.of,
    datapointsToAlarm: alarm.periods,
    threshold: alarm.threshold,
    comparisonOperator: alarm.below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
    treatMissingData: MISSING_DATA[alarm.silence],
    ...(actions.length > 0 ? { alarmActions: actions, okActions: actions } : {}),
  });
}

/** Makes alarms. */
export function makeAlarms(scope: Construct, owner: AlarmOwner, alarms: readonly Alarm[]): void {
  for (const alarm of alarms) makeAlarm(scope, owner, alarm);
}

function measured(alarm: Alarm): Partial<CfnAlarmProps> {
  if ('formula' in alarm) return { metrics: terms(alarm.formula, alarm.periodSeconds) };
  if ('query' in alarm) return { metrics: [asked(alarm.query, alarm.periodSeconds)] };
  const { namespace, metric, dimensions, statistic, periodSeconds } = alarm;
  return {
    namespace,
    metricName: metric,
    dimensions: pairs(dimensions),
    ...(isPercentile(statistic) ? { extendedStatistic: statistic } : { statistic }),
    period: periodSeconds,
  };
}

const isPercentile = (statistic: string): boolean => /^p\d/.test(statistic);
const pairs = (dimensions: Metric['dimensions']): CfnAlarm.DimensionProperty[] =>
  Object.entries(dimensions).map(([name, value]) => ({ name, value }));

function terms({ of, expression, label }: Formula, period: number): CfnAlarm.MetricDataQueryProperty[] {
  return [
    ...Object.entries(of).map(([id, { namespace, metric, dimensions, statistic }]) => ({
      id,
      returnData: false,
      metricStat: {
        metric: { namespace, metricName: metric, dimensions: pairs(dimensions) },
        period,
        stat: statistic,
      },
    })),
    { id: 'result', expression, label, returnData: true },
  ];
}

const asked = ({ query, label }: Query, period: number): CfnAlarm.MetricDataQueryProperty => ({
  id: 'result',
  expression: query,
  label,
  period,
  returnData: true,
});
