import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetHealthCheckStatusCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { Clock } from '../runtime/clock';
import type { HealthChecks } from './ports';

/** Route 53 writes its metrics there and nowhere else. */
const METRICS_REGION = 'us-east-1';
/** A check writes a value a minute, which appears a minute or two later. */
const LOOK_BACK_MS = 5 * 60_000;

export function route53Checks(clock: Clock): HealthChecks {
  const route53 = new Route53Client({ region: METRICS_REGION });
  const cloudWatch = new CloudWatchClient({ region: METRICS_REGION });
  return {
    async observations(healthCheckId) {
      const reply = await route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: healthCheckId }));
      return (reply.HealthCheckObservations ?? []).map(({ Region, StatusReport }) => ({
        region: Region ?? 'an unknown region',
        status: StatusReport?.Status ?? '',
      }));
    },
    async metric(healthCheckId) {
      const now = clock.now();
      const reply = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Route53',
          MetricName: 'HealthCheckStatus',
          Dimensions: [{ Name: 'HealthCheckId', Value: healthCheckId }],
          StartTime: new Date(now - LOOK_BACK_MS),
          // Ends are exclusive: the minute that is running counts too.
          EndTime: new Date(now + 60_000),
          Period: 60,
          Statistics: ['Minimum'],
        }),
      );
      const newest = (reply.Datapoints ?? [])
        .map(({ Timestamp, Minimum }) => ({ at: Timestamp?.getTime() ?? 0, value: Minimum }))
        .sort((a, b) => b.at - a.at)[0];
      return newest?.value === undefined ? undefined : newest.value >= 1;
    },
  };
}
