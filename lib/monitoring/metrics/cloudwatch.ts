import { cloudWatchName } from './cloudwatch-name';
import type { CloudWatchSeries, Statistic } from './series-types';

type Dimensions = CloudWatchSeries['cloudWatch']['dimensions'];
type Reading = Pick<CloudWatchSeries['cloudWatch'], 'everySeconds' | 'peer'>;

interface Kind {
  readonly namespace: string;
  /** Labels that the collector sets itself, because no dimension says it. */
  readonly labels: readonly string[];
  readonly dimensions: Dimensions;
}

/** Read every minute, here and by the other region; one costs 0.43 USD a month and reader. */
const WATCHED: Reading = { everySeconds: 60, peer: true };
const FAST: Reading = { everySeconds: 60, peer: false };
/** A fifth of the price; enough for what moves in hours. */
const SLOW: Reading = { everySeconds: 300, peer: false };
const HOURLY: Reading = { everySeconds: 3600, peer: false };

const TARGET: Kind = {
  namespace: 'AWS/ApplicationELB',
  labels: ['service', 'target'],
  dimensions: { LoadBalancer: undefined, TargetGroup: undefined },
};
const BALANCER: Kind = {
  namespace: 'AWS/ApplicationELB',
  labels: [],
  dimensions: { LoadBalancer: undefined },
};
const TASKS: Kind = {
  namespace: 'ECS/ContainerInsights',
  labels: [],
  dimensions: { ClusterName: undefined, ServiceName: 'service' },
};
const DATABASE: Kind = {
  namespace: 'AWS/RDS',
  labels: [],
  dimensions: { DBInstanceIdentifier: 'database' },
};
const CACHE_NODE: Kind = {
  namespace: 'AWS/ElastiCache',
  labels: [],
  dimensions: { CacheClusterId: 'cache' },
};
const SQS: Kind = { namespace: 'AWS/SQS', labels: [], dimensions: { QueueName: 'queue' } };
const BROKER: Kind = { namespace: 'AWS/AmazonMQ', labels: [], dimensions: { Broker: 'broker' } };
const BROKER_QUEUE: Kind = {
  namespace: 'AWS/AmazonMQ',
  labels: [],
  dimensions: { Broker: 'broker', VirtualHost: undefined, Queue: 'queue' },
};
const FIREWALL: Kind = {
  namespace: 'AWS/WAFV2',
  labels: [],
  dimensions: { WebACL: undefined, Region: undefined, Rule: 'rule' },
};
const CERTIFICATE: Kind = {
  namespace: 'AWS/CertificateManager',
  labels: [],
  dimensions: { CertificateArn: 'certificate' },
};
/** Only us-east-1 has it, for the whole account, and only where billing alerts are switched on. */
const BILLING: Kind = { namespace: 'AWS/Billing', labels: [], dimensions: { Currency: undefined } };
const CANARY: Kind = {
  namespace: 'CloudWatchSynthetics',
  labels: [],
  dimensions: { CanaryName: 'canary' },
};

function read(
  { namespace, labels, dimensions }: Kind,
  reading: Reading,
  metric: string,
  statistic: Statistic,
  unit: string,
  meaning: string,
): CloudWatchSeries {
  const named = Object.values(dimensions).filter((label) => label !== undefined);
  return {
    name: cloudWatchName(namespace, metric, statistic),
    kind: 'gauge',
    source: 'cloudwatch',
    labels: ['job', ...labels, ...named],
    unit,
    meaning,
    cloudWatch: { namespace, metric, statistic, dimensions, ...reading },
  };
}

/** What AWS itself measures. Sums are of one period: of a minute where they are read every minute. */
export const CLOUDWATCH: readonly CloudWatchSeries[] = [
  read(TARGET, WATCHED, 'RequestCount', 'Sum', 'requests', 'Requests that tasks answered.'),
  read(TARGET, WATCHED, 'HTTPCode_Target_5XX_Count', 'Sum', 'requests', 'Server errors that tasks answered.'),
  read(TARGET, WATCHED, 'HealthyHostCount', 'Minimum', 'tasks', 'Tasks that the balancer finds healthy.'),
  read(TARGET, SLOW, 'UnHealthyHostCount', 'Maximum', 'tasks', 'Tasks that it does not.'),
  read(TARGET, FAST, 'TargetResponseTime', 'p50', 'seconds', 'Half of the answers took no longer.'),
  read(TARGET, FAST, 'TargetResponseTime', 'p95', 'seconds', '95 % of the answers took no longer.'),
  read(TARGET, FAST, 'TargetResponseTime', 'p99', 'seconds', '99 % of the answers took no longer.'),
  read(
    BALANCER,
    WATCHED,
    'HTTPCode_ELB_5XX_Count',
    'Sum',
    'requests',
    'Server errors of the balancer itself.',
  ),
  read(
    BALANCER,
    SLOW,
    'RejectedConnectionCount',
    'Sum',
    'connections',
    'Connections that the balancer refused.',
  ),
  read(BALANCER, SLOW, 'ActiveConnectionCount', 'Sum', 'connections', 'Connections open at the balancer.'),
  read(TASKS, SLOW, 'RunningTaskCount', 'Minimum', 'tasks', 'Tasks of a service that run.'),
  read(TASKS, SLOW, 'DesiredTaskCount', 'Maximum', 'tasks', 'Tasks that a service shall have.'),
  read(
    TASKS,
    SLOW,
    'DeploymentCount',
    'Maximum',
    'deployments',
    'Deployments of a service: 2 while one is under way.',
  ),
  read(DATABASE, SLOW, 'FreeStorageSpace', 'Minimum', 'bytes', 'Disk of an instance that is free.'),
  read(DATABASE, SLOW, 'CPUUtilization', 'Average', 'percent', 'CPU of an instance that is in use.'),
  read(DATABASE, SLOW, 'FreeableMemory', 'Minimum', 'bytes', 'Memory of an instance that is free.'),
  read(DATABASE, SLOW, 'DiskQueueDepth', 'Average', 'requests', 'Reads and writes that wait for the disk.'),
  read(DATABASE, SLOW, 'ReplicaLag', 'Maximum', 'seconds', 'How far a replica is behind.'),
  read(CACHE_NODE, SLOW, 'CPUUtilization', 'Average', 'percent', 'CPU of a node that is in use.'),
  read(CACHE_NODE, SLOW, 'EngineCPUUtilization', 'Maximum', 'percent', 'The thread that does the commands.'),
  read(CACHE_NODE, SLOW, 'DatabaseMemoryUsagePercentage', 'Maximum', 'percent', 'Memory for data in use.'),
  read(CACHE_NODE, SLOW, 'ReplicationLag', 'Maximum', 'seconds', 'How far a replica of the cache is behind.'),
  read(
    SQS,
    SLOW,
    'ApproximateNumberOfMessagesVisible',
    'Maximum',
    'messages',
    'Messages that wait in a queue.',
  ),
  read(
    SQS,
    SLOW,
    'ApproximateAgeOfOldestMessage',
    'Maximum',
    'seconds',
    'Age of the oldest message in a queue.',
  ),
  read(
    BROKER_QUEUE,
    SLOW,
    'MessageReadyCount',
    'Maximum',
    'messages',
    'Messages that wait in a queue of the broker.',
  ),
  read(BROKER_QUEUE, SLOW, 'ConsumerCount', 'Minimum', 'consumers', 'Consumers of a queue of the broker.'),
  read(
    BROKER,
    SLOW,
    'RabbitMQMemUsed',
    'Maximum',
    'bytes',
    'Memory that the nodes of a broker use, all together.',
  ),
  read(
    BROKER,
    SLOW,
    'RabbitMQMemLimit',
    'Maximum',
    'bytes',
    'Memory at which the broker blocks all who send.',
  ),
  read(BROKER, SLOW, 'RabbitMQDiskFree', 'Minimum', 'bytes', 'Disk of the nodes of a broker that is free.'),
  read(
    BROKER,
    SLOW,
    'RabbitMQDiskFreeLimit',
    'Maximum',
    'bytes',
    'Free disk at which the broker blocks all who send.',
  ),
  read(BROKER, SLOW, 'MessageCount', 'Maximum', 'messages', 'Messages in all queues of the broker.'),
  read(FIREWALL, SLOW, 'BlockedRequests', 'Sum', 'requests', 'Requests that a rule of the firewall refused.'),
  read(CERTIFICATE, HOURLY, 'DaysToExpiry', 'Minimum', 'days', 'Days until a certificate ends.'),
  read(
    BILLING,
    HOURLY,
    'EstimatedCharges',
    'Maximum',
    'US dollars',
    'Bill of the account in this month so far.',
  ),
  read(CANARY, SLOW, 'SuccessPercent', 'Average', 'percent', 'Runs of a canary that went well.'),
  read(CANARY, SLOW, 'Duration', 'Average', 'milliseconds', 'How long a run of a canary took.'),
];
