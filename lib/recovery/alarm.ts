import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmName } from '../config/names';
import type { Platform } from '../config/platform';

/** Articles below `docs/runbooks/`, without their ending. */
export const RUNBOOKS = [
  'region-loss',
  'split-brain',
  'switchover',
  'failback',
  'freeze',
  'agent-paged',
  'data-corruption',
  'dropped-table',
  'ransomware',
  'copies-lost',
  'archive-gap',
  'slot-lost',
  'slot-full-disk',
  'restore-a-database',
] as const;
export type Runbook = (typeof RUNBOOKS)[number];

/** One alarm on one metric of the region. */
export interface PagingAlarm {
  /** End of the alarm's name. */
  readonly name: string;
  /** What it means and what to do first. */
  readonly says: string;
  readonly runbook: Runbook;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  readonly periodSeconds: number;
  /** So many of the last `of` periods. */
  readonly periods: number;
  readonly of: number;
  readonly threshold: number;
  /** Whether it is reached from above: the alarm is on what is less than the threshold. */
  readonly below?: true;
  /** Whether a period in which nothing was reported is trouble. */
  readonly silenceIsTrouble?: true;
}

/** Makes the alarm, which pages through the topic when it begins and when it ends. */
export function pagingAlarm(
  scope: Construct,
  { platform, topicArn }: { readonly platform: Platform; readonly topicArn: string },
  alarm: PagingAlarm,
): void {
  new CfnAlarm(scope, alarm.name, {
    alarmName: alarmName(platform, alarm.name),
    alarmDescription: `${alarm.says} Runbook: docs/runbooks/${alarm.runbook}.md`,
    namespace: alarm.namespace,
    metricName: alarm.metric,
    dimensions: Object.entries(alarm.dimensions).map(([name, value]) => ({ name, value })),
    statistic: alarm.statistic,
    period: alarm.periodSeconds,
    evaluationPeriods: alarm.of,
    datapointsToAlarm: alarm.periods,
    threshold: alarm.threshold,
    comparisonOperator: alarm.below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
    treatMissingData: alarm.silenceIsTrouble ? 'breaching' : 'notBreaching',
    alarmActions: [topicArn],
    okActions: [topicArn],
  });
}
