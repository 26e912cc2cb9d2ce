import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/region-agent/contract';
import { clusterName } from '../config/names';
import type { Platform, Service } from '../config/platform';
import { type Alarm, type Metric, makeAlarms } from '../monitoring/cloudwatch/alarm';
import { makeSymptom, type Symptom } from '../monitoring/cloudwatch/symptom';

export interface ServiceAlarmsProps {
  readonly platform: Platform;
  readonly service: Service;
  /** `app/<name>/<id>`, as CloudWatch names a balancer. */
  readonly balancerFullName: string;
  /** Target groups of the service, with both full names where they come in pairs. */
  readonly targets: readonly { readonly label: string; readonly fullNames: readonly string[] }[];
}

const MINUTE = 60;
const BUSY_PERCENT = 90;
const RUNBOOK = 'cloudwatch-alarms';

/** End of the name of the alarm on server errors, which also rolls deployments back. */
export const errorsAlarm = (service: Service, label: string): string => `${service.name}-errors-${label}`;

/** @returns the alarms on a service of a region, beside the one on its errors */
export function serviceAlarms(props: ServiceAlarmsProps): Alarm[] {
  const { service } = props;
  const of = (metric: string, statistic: string): Metric => ({
    namespace: 'AWS/ECS',
    metric,
    dimensions: { ClusterName: clusterName(props.platform), ServiceName: service.name },
    statistic,
  });
  const busy = {
    runbook: RUNBOOK,
    urgency: 'morning',
    // A service without tasks reports nothing, and another alarm tells of it.
    silence: 'told-elsewhere',
    periodSeconds: MINUTE,
    periods: 15,
    of: 15,
    threshold: BUSY_PERCENT,
  } as const;
  return [
    ...reachable(props),
    ...running(props, of('CPUUtilization', 'SampleCount')),
    {
      ...busy,
      ...of('CPUUtilization', 'Average'),
      name: `${service.name}-cpu-high`,
      says: `${service.name} has used ${BUSY_PERCENT} % of its CPU for a quarter of an hour: it is at its largest size, or does not scale. Look whether it is at replicas.max, then raise that or cpu.`,
    },
    {
      ...busy,
      ...of('MemoryUtilization', 'Average'),
      name: `${service.name}-memory-high`,
      says: `${service.name} has used ${BUSY_PERCENT} % of its memory for a quarter of an hour; a task that reaches 100 % is killed. Look whether it grows without load, which is a leak, then raise memory.`,
    },
  ];
}

/** Names of the groups of a pair within a formula. */
const HALVES = ['blue', 'green'] as const;

/** At least one target of each port answers, wherever tasks must run; of a pair, in one group or the other. */
function reachable({ platform, service, targets, balancerFullName }: ServiceAlarmsProps): Alarm[] {
  return targets.map(({ label, fullNames }) => ({
    name: `${service.name}-no-target-${label}`,
    says: `No task of ${service.name} passes the health check of the balancer (${label}). Look in npx holdfast status whether tasks run, then in their log why they do not answer.`,
    runbook: RUNBOOK,
    urgency: 'cause',
    ...atLeast(
      platform,
      service,
      Object.fromEntries(
        fullNames.map((fullName, index) => [
          fullNames.length === 1 ? 'count' : (HALVES[index] ?? ''),
          {
            namespace: 'AWS/ApplicationELB',
            metric: 'HealthyHostCount',
            dimensions: { TargetGroup: fullName, LoadBalancer: balancerFullName },
            statistic: 'Maximum',
          },
        ]),
      ),
      () => 1,
    ),
    periodSeconds: MINUTE,
    periods: 3,
    of: 3,
  }));
}

/**
 * Tasks that run, counted without Container Insights: each sends one sample of its CPU a minute.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html
 */
function running({ platform, service, targets }: ServiceAlarmsProps, tasks: Metric): Alarm[] {
  const fewest = Math.max(service.replicas.home.min, service.replicas.standby.min);
  if (fewest === 0) return [];
  const missing: Alarm = {
    name: `${service.name}-tasks-missing`,
    says: `Fewer tasks of ${service.name} run than the platform file wants, for ten minutes. Look at the events of the service: no capacity, an image that cannot be pulled, or tasks that end at once.`,
    runbook: RUNBOOK,
    urgency: 'morning',
    ...atLeast(platform, service, { count: tasks }, (min) => min),
    periodSeconds: MINUTE,
    periods: 10,
    of: 10,
  };
  if (targets.length > 0) return [missing];
  return [
    missing,
    {
      name: `${service.name}-no-task`,
      says: `No task of ${service.name} runs, and no balancer would tell. Look at the events of the service: no capacity, an image that cannot be pulled, or tasks that end at once.`,
      runbook: RUNBOOK,
      urgency: 'page',
      ...atLeast(platform, service, { count: tasks }, () => 1),
      periodSeconds: MINUTE,
      periods: 3,
      of: 3,
    },
  ];
}

/**
 * A count below what must be there. How many must depends on whether the region leads, which is run-time state: the agent
 * tells it as a metric. Where nothing must run unless it leads, no data is no finding.
 */
function atLeast(
  platform: Platform,
  { replicas }: Service,
  counts: Readonly<Record<string, Metric>>,
  needed: (min: number) => number,
): Pick<Alarm, 'threshold' | 'silence'> & { readonly below: true } & (
    | Metric
    | { readonly formula: { of: Record<string, Metric>; expression: string; label: string } }
  ) {
  const [leading, waiting] = [replicas.home.min, replicas.standby.min].map((min) =>
    min > 0 ? needed(min) : 0,
  );
  if (leading === undefined || waiting === undefined) throw new Error('There are two roles.');
  const silence = waiting > 0 ? 'trouble' : 'told-elsewhere';
  const [count, ...others] = Object.values(counts);
  const total = Object.keys(counts)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  if (leading === waiting && count && others.length === 0)
    return { ...count, threshold: leading, below: true, silence };
  if (leading === waiting) {
    const formula = { of: counts, expression: total, label: 'What runs' };
    return { formula, threshold: leading, below: true, silence };
  }
  const leads: Metric = {
    namespace: METRIC_NAMESPACE,
    metric: METRICS.leads,
    dimensions: { Platform: platform.name },
    statistic: 'Maximum',
  };
  return {
    formula: {
      of: { ...counts, leads },
      expression: `${total} - IF(FILL(leads, 0) > 0, ${leading}, ${waiting})`,
      label: 'What runs beyond what must',
    },
    threshold: 0,
    below: true,
    silence,
  };
}

/** @returns what pages of a service behind the balancer */
export function serviceSymptom({ service, targets }: ServiceAlarmsProps): Symptom {
  return {
    name: `${service.name}-failing`,
    says: `Users get server errors from ${service.name}, or it has no task that answers. Look in npx holdfast status at its tasks and its last deployment, and take that back if it is new.`,
    runbook: RUNBOOK,
    anyOf: targets.flatMap(({ label, fullNames }) => [
      `${service.name}-no-target-${label}`,
      errorsAlarm(service, label),
      ...(fullNames.length > 1 ? [errorsAlarm(service, `${label}-green`)] : []),
    ]),
  };
}

/** Alarms on a service of a region. */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, serviceAlarms(props));
    if (props.targets.length > 0) makeSymptom(this, props, serviceSymptom(props));
  }
}
