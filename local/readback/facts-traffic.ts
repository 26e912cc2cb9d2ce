import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
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
  const found = await allRecords(region);
  return found
    .filter((one) => names.has(one.Name?.replace(/\.$/, '').replaceAll('\\052', '*') ?? ''))
    .map((one) => ({
      record: one.Name ?? '',
      type: one.Type ?? '',
      failover: one.Failover ?? '-',
      check: one.HealthCheckId?.slice(0, 8) ?? '-',
      target: one.AliasTarget?.DNSName ?? one.ResourceRecords?.map((value) => value.Value).join(', ') ?? '',
      targetHealth: one.AliasTarget?.EvaluateTargetHealth ?? false,
      ttl: one.TTL ?? '-',
    }));
};

export const healthChecks: Facts = async (region, resources) => {
  const client = new Route53Client(region.config);
  const facts: Fact[] = [];
  for (const { physicalId, logicalId } of ofType(resources, 'AWS::Route53::HealthCheck')) {
    const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId: physicalId }));
    const config = HealthCheck?.HealthCheckConfig;
    facts.push({
      check: physicalId.slice(0, 8),
      name: logicalId,
      type: `${config?.Type}${config?.Inverted ? ', inverted' : ''}`,
      of: target(config),
      every: config?.Type === 'CALCULATED' ? '-' : `${config?.RequestInterval} s`,
      state: await state(region, physicalId),
      observation: config?.Type === 'CALCULATED' ? '-' : await observation(client, physicalId),
    });
  }
  return facts;
};

function target(config: HealthCheckConfig | undefined): string {
  if (config?.Type === 'CALCULATED') {
    return `${config.HealthThreshold} of ${config.ChildHealthChecks?.map((id) => id.slice(0, 8)).join(', ')}`;
  }
  return `${config?.FullyQualifiedDomainName ?? ''}${config?.ResourcePath ?? ''}`;
}

async function observation(client: Route53Client, HealthCheckId: string): Promise<string> {
  const { HealthCheckObservations } = await client.send(new GetHealthCheckStatusCommand({ HealthCheckId }));
  return HealthCheckObservations?.[0]?.StatusReport?.Status ?? 'none: its target cannot run here';
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
