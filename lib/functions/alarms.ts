import { Construct } from 'constructs';
import { functionName } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { type Alarm, type Metric, makeAlarms } from '../monitoring/cloudwatch/alarm';

export interface FunctionAlarmsProps {
  readonly platform: Platform;
  readonly role: Role;
}

/**
 * @returns folders of the functions of a region that start by themselves and that no alarm of their own is on. Those that
 * a deployment or an operator waits for need none: whoever waits sees the error.
 */
export const unwatched = (role: Role): readonly string[] =>
  role === 'standby' ? ['leadership-endpoint', 'secret-rotation'] : ['secret-rotation'];

const PERIOD_SECONDS = 300;

/**
 * @returns the alarms on the functions of a region. One alarm over several: CloudWatch bills each metric alike, but a
 * person reads one name instead of many. A run whose time is up counts as an error, so its duration needs no alarm.
 */
export function functionAlarms({ platform, role }: FunctionAlarmsProps): Alarm[] {
  const names = unwatched(role);
  const metrics = names.map((name, place): [string, Metric] => [
    `f${place + 1}`,
    {
      namespace: 'AWS/Lambda',
      metric: 'Errors',
      dimensions: { FunctionName: functionName(platform, name) },
      statistic: 'Sum',
    },
  ]);
  return [
    {
      name: 'functions-failing',
      says: `Runs of one of these functions end with an error: ${names.join(', ')}. Look which of them, then read the end of its log, /holdfast/${platform.name}/functions/<name>.`,
      runbook: 'cloudwatch-alarms',
      urgency: 'morning',
      formula: {
        of: Object.fromEntries(metrics),
        expression: metrics.map(([name]) => `FILL(${name}, 0)`).join(' + '),
        label: 'Errors',
      },
      periodSeconds: PERIOD_SECONDS,
      periods: 3,
      of: 4,
      threshold: 1,
      silence: 'nothing-happened',
    },
    {
      name: 'functions-throttled',
      says: 'Lambda refuses to start functions of this account in this region: too many run at once, and the agent, the archiver and the relay may be among those that wait. Look which function takes the concurrency, and ask AWS for more.',
      runbook: 'cloudwatch-alarms',
      urgency: 'page',
      namespace: 'AWS/Lambda',
      metric: 'Throttles',
      // Of the whole account: it is the account whose limit is reached, whoever reached it.
      dimensions: {},
      statistic: 'Sum',
      periodSeconds: 60,
      periods: 3,
      of: 5,
      threshold: 1,
      silence: 'nothing-happened',
    },
  ];
}

/** Alarms on functions of a region. */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, props: FunctionAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, functionAlarms(props));
  }
}
