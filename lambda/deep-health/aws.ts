import { DescribeTasksCommand, ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';
import type { Clock } from '../runtime/clock';
import type { Log } from '../runtime/log';
import { taskStatus } from '../runtime/task-status';
import { METRIC_NAMESPACE, METRICS } from './contract';
import type { Cloud, RunningTask } from './ports';

/** ECS describes so many tasks at once. */
const DESCRIBED_MAX = 100;
/** Each call; a region whose ECS hangs must not use up the time of the run. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

interface Place {
  readonly platform: string;
  readonly cluster: string;
}

/** The tasks of a cluster, and the log, which CloudWatch turns into metrics by itself. */
export function cloudOf({ platform, cluster }: Place, clock: Clock, log: Log): Cloud {
  const client = new ECSClient({ maxAttempts: 2, requestHandler: TIMEOUTS });
  return {
    running: (service) => running(client, cluster, service),
    ask: taskStatus,
    report: embeddedMetric(platform, clock, log),
  };
}

async function running(client: ECSClient, cluster: string, service: string): Promise<readonly RunningTask[]> {
  const arns: string[] = [];
  const asked = { cluster, serviceName: service, desiredStatus: 'RUNNING' } as const;
  for await (const { taskArns = [] } of paginateListTasks({ client }, asked)) arns.push(...taskArns);
  const found: Task[] = [];
  for (let first = 0; first < arns.length; first += DESCRIBED_MAX) {
    const tasks = arns.slice(first, first + DESCRIBED_MAX);
    found.push(...((await client.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? []));
  }
  // One that ended in between is described as what it is by then.
  return found.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(runningTask);
}

const runningTask = ({ taskArn = '', startedAt, attachments = [] }: Task): RunningTask => ({
  id: taskArn.split('/').at(-1) ?? taskArn,
  startedAt: startedAt?.getTime(),
  address: attachments
    .flatMap(({ details = [] }) => details)
    .find(({ name }) => name === 'privateIPv4Address')?.value,
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function embeddedMetric(platform: string, clock: Clock, log: Log): Cloud['report'] {
  const definition = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [['Platform', 'Service']],
    Metrics: [{ Name: METRICS.failing, Unit: 'Count' }],
  };
  return (service, failing) => {
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('deep-health-metrics', { _aws, Platform: platform, Service: service, [METRICS.failing]: failing });
  };
}
