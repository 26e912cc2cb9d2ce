import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { brokerIdentifier, clusterName, sqsIdentifiers } from '../config/names';
import type { Platform, Queue, Scaling, Service } from '../config/platform';

type Metric = CfnAlarm.MetricDataQueryProperty;

export const PERIOD_SECONDS = 60;

export interface Load {
  readonly platform: Platform;
  readonly service: Service;
  readonly scaling: Scaling;
  readonly targetGroups: readonly CfnTargetGroup[];
}

/** Metrics that are read, and what each of them comes to as a share of its target. */
interface Share {
  readonly queries: readonly Metric[];
  readonly ratios: readonly string[];
}

/** One query per metric, each divided by its target, and the largest of them as the value of the alarm. */
export function loadRatio(load: Load): Metric[] {
  const shares = [ofTheTasks(load), ofRequests(load), ofTheQueue(load)];
  const ratios = shares.flatMap((share) => share.ratios);
  const expression = ratios.length === 1 ? (ratios[0] ?? '') : `MAX([${ratios.join(',')}])`;
  return [
    ...shares.flatMap(({ queries }) => queries),
    { id: 'load', expression, label: 'Load ratio', returnData: true },
  ];
}

const dimensionsOfTheService = ({ platform, service }: Load): CfnAlarm.DimensionProperty[] => [
  { name: 'ClusterName', value: clusterName(platform) },
  { name: 'ServiceName', value: service.name },
];

const metric = (
  id: string,
  namespace: string,
  metricName: string,
  stat: string,
  dimensions: CfnAlarm.DimensionProperty[],
): Metric => ({
  id,
  returnData: false,
  metricStat: { metric: { namespace, metricName, dimensions }, period: PERIOD_SECONDS, stat },
});

function ofTheTasks(load: Load): Share {
  const { cpuPercent, memoryPercent } = load.scaling;
  const dimensions = dimensionsOfTheService(load);
  const shares = [
    { id: 'cpu', name: 'CPUUtilization', target: cpuPercent },
    { id: 'memory', name: 'MemoryUtilization', target: memoryPercent },
  ].filter(({ target }) => target !== undefined);
  return {
    queries: shares.map(({ id, name }) => metric(id, 'AWS/ECS', name, 'Average', dimensions)),
    ratios: shares.map(({ id, target }) => `${id}/${target}`),
  };
}

function ofRequests({ scaling: { requestsPerSecond }, targetGroups }: Load): Share {
  if (requestsPerSecond === undefined) return { queries: [], ratios: [] };
  const ids = targetGroups.map((group, index) => ({ group, id: `requests${index}` }));
  return {
    queries: ids.map(({ group, id }) =>
      metric(id, 'AWS/ApplicationELB', 'RequestCountPerTarget', 'Sum', [
        { name: 'TargetGroup', value: group.attrTargetGroupFullName },
      ]),
    ),
    // Without requests there is no data point; that is a load of nothing.
    ratios: ids.map(({ id }) => `FILL(${id},0)/${requestsPerSecond * PERIOD_SECONDS}`),
  };
}

/** Messages that wait or are being worked on, for each task that runs; those of a service without a task are of one. */
function ofTheQueue(load: Load): Share {
  const { platform, scaling } = load;
  const queue = platform.queues.find(({ name }) => name === scaling.queue);
  if (scaling.backlogPerTask === undefined || queue === undefined) return { queries: [], ratios: [] };
  const { queries, sum } = backlog(platform, queue);
  const running = metric('tasks', 'ECS/ContainerInsights', 'RunningTaskCount', 'Average', [
    ...dimensionsOfTheService(load),
  ]);
  // Container Insights says nothing of a service without tasks.
  const tasks = 'FILL(tasks,0)';
  return {
    queries: [...queries, running],
    ratios: [`(${sum})/IF(${tasks}<1,1,${tasks})/${scaling.backlogPerTask}`],
  };
}

/**
 * The queue in a broker is named as in the platform file and is in its first virtual host.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
 */
function backlog(
  platform: Platform,
  { engine, name }: Queue,
): { readonly queries: readonly Metric[]; readonly sum: string } {
  if (engine === 'rabbitmq') {
    const dimensions = [
      { name: 'Broker', value: brokerIdentifier(platform, name) },
      { name: 'VirtualHost', value: '/' },
      { name: 'Queue', value: name },
    ];
    return {
      queries: [
        metric('waiting', 'AWS/AmazonMQ', 'MessageReadyCount', 'Maximum', dimensions),
        metric('taken', 'AWS/AmazonMQ', 'MessageUnacknowledgedCount', 'Maximum', dimensions),
      ],
      sum: 'waiting+taken',
    };
  }
  const dimensions = [{ name: 'QueueName', value: sqsIdentifiers(platform, name).queue }];
  return {
    queries: [
      metric('waiting', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', dimensions),
      metric('taken', 'AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', 'Maximum', dimensions),
    ],
    sum: 'waiting+taken',
  };
}
