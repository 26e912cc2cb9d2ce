import { clusterName, regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { BuiltRegion } from '../built';
import { tasksOf } from '../fargate';
import { type CostPart, sum } from '../part';
import type { Prices } from '../prices';
import { CONTAINERS_OF_A_TASK } from './series';

/**
 * Metrics of Container Insights of a cluster on Fargate, without disks of EBS. Nearly all are told by the service and again
 * by the family of its tasks, which makes two of each; the cluster has one of each kind over all.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
const TOLD_TWICE = 2;
/** Deployments, task sets, tasks that run, that wait, that should be: of a service alone. */
const OF_SERVICE = 5;
/** Tasks and services: of the cluster alone. */
const OF_CLUSTER = 2;

interface Level {
  /** Kinds that are told of a whole task: CPU, memory, network and disk, used and reserved. */
  readonly kindsOfTask: number;
  /** Kinds that are told of each container. */
  readonly kindsOfContainer: number;
  /** Kinds that only some containers have, such as the collector: restarts where it is restarted, health where it is asked. */
  readonly kindsOfState: number;
  /** Whether each task has metrics of its own, beside those of its service. */
  readonly eachTask: boolean;
  readonly price: 'customMetricMonth' | 'enhancedMetricMonth';
}

const LEVELS: Readonly<Record<'enhanced' | 'enabled', Level>> = {
  enhanced: {
    kindsOfTask: 16,
    kindsOfContainer: 7,
    kindsOfState: 2,
    eachTask: true,
    price: 'enhancedMetricMonth',
  },
  enabled: {
    kindsOfTask: 10,
    kindsOfContainer: 0,
    kindsOfState: 1,
    eachTask: false,
    price: 'customMetricMonth',
  },
};

/** What Container Insights of the cluster of the services costs. A service without a task has no metrics. */
export function insightParts(
  prices: Prices,
  platform: Platform,
  role: Role,
  built: BuiltRegion | undefined,
): readonly CostPart[] {
  const name = built?.insights[clusterName(platform)] ?? 'disabled';
  const running = platform.services.map((service) => tasksOf(service, role)).filter((tasks) => tasks > 0);
  if (name === 'disabled' || running.length === 0) return [];
  const level = LEVELS[name];
  const collectors = platform.monitoring.collectors ? CONTAINERS_OF_A_TASK - 1 : 0;
  const ofTask = TOLD_TWICE * taskMetrics(level, collectors);
  const { kindsOfTask, kindsOfContainer, kindsOfState, eachTask, price } = level;
  const metricUsd = prices.cloudWatch[price];
  const metrics =
    OF_CLUSTER +
    kindsOfTask +
    kindsOfContainer +
    kindsOfState +
    running.length * (OF_SERVICE + ofTask) +
    (eachTask ? sum(running) * ofTask : 0);
  return [
    {
      name: 'Container Insights',
      region: regionOf(platform, role),
      usdPerMonth: metrics * metricUsd,
      how: `${name}: ${metrics} metrics at ${metricUsd}, ${eachTask ? ofTask : 'none'} of each task`,
    },
  ];
}

/** Of a state there is one of the task and, with enhanced observability, one of each container that has it. */
const taskMetrics = (
  { kindsOfTask, kindsOfContainer, kindsOfState, eachTask }: Level,
  collectors: number,
): number =>
  kindsOfTask +
  kindsOfContainer * (1 + collectors) +
  (collectors > 0 ? kindsOfState * (1 + (eachTask ? collectors : 0)) : 0);
