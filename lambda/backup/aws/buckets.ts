import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import {
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Clock } from '../../runtime/clock';
import type { ReplicationLag } from '../buckets/verify';
import type { Both, BucketView } from '../ports';
import { absentIs, type Send, sender, THREE_ATTEMPTS } from './request';

const NO_REPLICATION = ['ReplicationConfigurationNotFoundError', 'ReplicationConfigurationNotFound'];
const WINDOW_SECONDS = 3600;

/** S3 of both regions, and what CloudWatch of the own region knows of its replication. */
export function bucketView(clients: Both<S3Client>, region: string, clock: Clock): BucketView {
  const send = sender(clock);
  const cloudWatch = new CloudWatchClient({ region, ...THREE_ATTEMPTS });
  return {
    async describe(own, other) {
      const [ownVersions, otherVersions, rule] = await Promise.all([
        isVersioned(clients.own, own, send),
        isVersioned(clients.other, other, send),
        ruleOf(clients.own, own, other, send),
      ]);
      return {
        versioned: { own: ownVersions, other: otherVersions },
        replicates: rule !== undefined,
        lag: rule === undefined ? null : await lagOf(cloudWatch, { own, other, rule }, clock, send),
      };
    },
  };
}

async function isVersioned(client: S3Client, bucket: string, send: Send): Promise<boolean> {
  const command = new GetBucketVersioningCommand({ Bucket: bucket });
  const { Status: status } = await send(`Reading the versioning of ${bucket}`, (abortSignal) =>
    client.send(command, { abortSignal }),
  );
  return status === 'Enabled';
}

/** @returns name of the rule that copies everything to the other bucket; undefined if there is none */
async function ruleOf(client: S3Client, own: string, other: string, send: Send): Promise<string | undefined> {
  const command = new GetBucketReplicationCommand({ Bucket: own });
  const answer = await absentIs(NO_REPLICATION, () =>
    send(`Reading the replication of ${own}`, (abortSignal) => client.send(command, { abortSignal })),
  );
  return answer?.ReplicationConfiguration?.Rules?.find((rule) => copiesAllTo(rule, other))?.ID;
}

const copiesAllTo = ({ Status, Filter, Destination }: ReplicationRule, bucket: string): boolean =>
  Status === 'Enabled' &&
  Destination?.Bucket === `arn:aws:s3:::${bucket}` &&
  !Filter?.Prefix &&
  Filter?.Tag === undefined &&
  Filter?.And === undefined;

interface Direction {
  readonly own: string;
  readonly other: string;
  readonly rule: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html */
const METRICS = [
  { id: 'latency', name: 'ReplicationLatency', statistic: 'Maximum' },
  { id: 'pending', name: 'BytesPendingReplication', statistic: 'Maximum' },
  { id: 'failed', name: 'OperationsFailedReplication', statistic: 'Sum' },
] as const;

async function lagOf(
  client: CloudWatchClient,
  direction: Direction,
  clock: Clock,
  send: Send,
): Promise<ReplicationLag | null> {
  const command = new GetMetricDataCommand({
    StartTime: new Date(clock.now() - WINDOW_SECONDS * 1000),
    EndTime: new Date(clock.now()),
    MetricDataQueries: METRICS.map((metric) => queryOf(metric, direction)),
  });
  const answer = await send(`Reading how far ${direction.own} is replicated`, (abortSignal) =>
    client.send(command, { abortSignal }),
  );
  const results = answer.MetricDataResults ?? [];
  const values = (id: string) => results.find(({ Id }) => Id === id)?.Values ?? [];
  if (METRICS.every(({ id }) => values(id).length === 0)) return null;
  return {
    latencySecondsMax: Math.max(0, ...values('latency')),
    pendingBytes: Math.max(0, ...values('pending')),
    failedOperations: values('failed').reduce((sum, value) => sum + value, 0),
  };
}

const queryOf = (
  { id, name, statistic }: (typeof METRICS)[number],
  { own, other, rule }: Direction,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/S3',
      MetricName: name,
      Dimensions: [
        { Name: 'SourceBucket', Value: own },
        { Name: 'DestinationBucket', Value: other },
        { Name: 'RuleId', Value: rule },
      ],
    },
    Period: WINDOW_SECONDS,
    Stat: statistic,
  },
});
