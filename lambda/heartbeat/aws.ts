import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { HEARTBEAT_METRIC, METRIC_NAMESPACE } from './contract';
import type { Listener } from './ports';

/** A region that does not answer may not use up the time of the run. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

/** @returns CloudWatch of `region` */
export function cloudWatchOf(platform: string, from: string, region: string): Listener {
  const client = new CloudWatchClient({ region, maxAttempts: 2, requestHandler: TIMEOUTS });
  return {
    region,
    async hear() {
      await client.send(
        new PutMetricDataCommand({
          Namespace: METRIC_NAMESPACE,
          MetricData: [
            {
              MetricName: HEARTBEAT_METRIC,
              Dimensions: [
                { Name: 'Platform', Value: platform },
                { Name: 'From', Value: from },
              ],
              Value: 1,
              Unit: 'Count',
            },
          ],
        }),
      );
    },
  };
}
