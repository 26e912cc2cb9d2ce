import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  ListTagsForResourceCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { Region } from './aws';
import { type Fact, type Facts, ofType } from './fact';
import { records as allRecords } from './traffic';

const MINUTE_MS = 60_000;
/** Route 53 writes the metrics of its checks there. */
const METRICS_REGION = 'us-east-1';

export const records: Facts = async (region, resources) => {
  const names = new Set(
    ofType(resources, 'AWS::Route53::RecordSet').map((one) => one.physicalId.replace(/\.$/, '')),
  );
  const client = new Route53Client(region.config);
  const facts: Fact[] = [];
  for (const one of await allRecords(region)) {
    if (!names.has(one.Name?.replace(/\.$/, '').replaceAll('\\052', '*') ?? '')) continue;
    facts.push({
      record: one.Name?.replace(/\.$/, '').replaceAll('\\052', '*') ?? '',
      type: one.Type ?? '',
      failover: one.Failover ?? '-',
      onlyIf: one.HealthCheckId ? await checkName(client, one.HealthCheckId) : '-',
      target: one.AliasTarget?.DNSName ?? values(one),
    });
  }
  return facts;
};

const values = ({ ResourceRecords, TTL }: ResourceRecordSet): string =>
  `${ResourceRecords?.map((one) => one.Value).join(', ') ?? ''}, ${TTL} s`;

/** The Name tag of a check, without the platform's name before it. */
async function checkName(client: Route53Client, ResourceId: string): Promise<string> {
  const command = new ListTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId });
  const { ResourceTagSet } = await client.send(command);
  const name = ResourceTagSet?.Tags?.find((tag) => tag.Key === 'Name')?.Value;
  return name?.replace(/^[^:]*: /, '') ?? ResourceId;
}

export const healthChecks: Facts = async (region, resources) => {
  const client = new Route53Client(region.config);
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::Route53::HealthCheck')) {
    const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId: physicalId }));
    const config = HealthCheck?.HealthCheckConfig;
    const calculated = config?.Type === 'CALCULATED';
    facts.push({
      check: await checkName(client, physicalId),
      type: `${calculated ? 'calculated' : config?.Type}${config?.Inverted ? ', inverted' : ''}`,
      of: await target(client, config),
      every: calculated ? '-' : `${config?.RequestInterval} s`,
      state: await state(region, physicalId),
      observation: calculated ? '-' : await observation(client, physicalId),
    });
  }
  return facts;
};

async function target(client: Route53Client, config: HealthCheckConfig | undefined): Promise<string> {
  if (config?.Type === 'CALCULATED') {
    const names = await Promise.all((config.ChildHealthChecks ?? []).map((id) => checkName(client, id)));
    return `${config.HealthThreshold} of: ${names.join('; ')}`;
  }
  return `${config?.FullyQualifiedDomainName ?? ''}${config?.ResourcePath ?? ''}`;
}

async function observation(client: Route53Client, HealthCheckId: string): Promise<string> {
  const { HealthCheckObservations } = await client.send(new GetHealthCheckStatusCommand({ HealthCheckId }));
  const status = HealthCheckObservations?.[0]?.StatusReport?.Status;
  return status?.replace(/^.*HTTP Status Code (\d+).*$/, 'HTTP $1') ?? 'none: its target cannot run here';
}

/** The newest value of the check's metric: what records and alarms go by. */
async function state(region: Region, id: string): Promise<string> {
  const client = new CloudWatchClient({ ...region.config, region: METRICS_REGION });
  const now = Date.now();
  const { Datapoints } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: id }],
      StartTime: new Date(now - 5 * MINUTE_MS),
      EndTime: new Date(now + MINUTE_MS),
      Period: 60,
      Statistics: ['Minimum'],
    }),
  );
  const newest = Datapoints?.toSorted((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
  if (newest?.Minimum === undefined) return 'unknown';
  return newest.Minimum >= 1 ? 'healthy' : 'unhealthy';
}
