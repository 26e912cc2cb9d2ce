import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { systemClock } from '../../../lambda/runtime/clock';
import { brokerIdentifier, sqsIdentifiers } from '../../../lib/config/names';
import type { Platform, Queue } from '../../../lib/config/platform';
import type { Clients } from '../../checks/aws/call';
import type { QueueState, Queues } from '../ports';
import { call } from './call';

/** Both services write a value every minute; one may be some minutes late. */
const PERIOD_SECONDS = 60;
const LOOK_BACK_MS = 15 * 60_000;

interface Figure {
  readonly is: keyof QueueState;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Minimum';
}

/** What waits in the queues of a platform, as CloudWatch has it: the same figures that its alarms and alerts read. */
export function queues(clients: Clients, platform: Platform): Queues {
  const cloudWatch = clients((config) => new CloudWatchClient(config));
  return {
    async state(region, queue) {
      const figures = figuresOf(platform, queue);
      const now = systemClock.now();
      const { MetricDataResults = [] } = await call('cloudwatch:GetMetricData', region, (options) =>
        cloudWatch(region).send(
          new GetMetricDataCommand({
            MetricDataQueries: figures.map(query),
            StartTime: new Date(now - LOOK_BACK_MS),
            EndTime: new Date(now),
            ScanBy: 'TimestampDescending',
          }),
          options,
        ),
      );
      const newest = (is: string) => MetricDataResults.find(({ Id }) => Id === is)?.Values?.[0];
      return Object.fromEntries(figures.map(({ is }) => [is, newest(is)]));
    },
  };
}

const query = ({ is, namespace, metric, dimensions, statistic }: Figure): MetricDataQuery => ({
  Id: is,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: PERIOD_SECONDS,
    Stat: statistic,
  },
});

function figuresOf(platform: Platform, { name, engine }: Queue): readonly Figure[] {
  if (engine === 'sqs') {
    const names = sqsIdentifiers(platform, name);
    const of = (is: keyof QueueState, metric: string, QueueName: string): Figure => ({
      is,
      namespace: 'AWS/SQS',
      metric,
      dimensions: { QueueName },
      statistic: 'Maximum',
    });
    return [
      of('waiting', 'ApproximateNumberOfMessagesVisible', names.queue),
      of('oldestSeconds', 'ApproximateAgeOfOldestMessage', names.queue),
      of('dead', 'ApproximateNumberOfMessagesVisible', names.deadLetters),
    ];
  }
  const dimensions = { Broker: brokerIdentifier(platform, name), VirtualHost: '/', Queue: name };
  const of = (is: keyof QueueState, metric: string, statistic: Figure['statistic']): Figure => ({
    is,
    namespace: 'AWS/AmazonMQ',
    metric,
    dimensions,
    statistic,
  });
  return [of('waiting', 'MessageReadyCount', 'Maximum'), of('consumers', 'ConsumerCount', 'Minimum')];
}
