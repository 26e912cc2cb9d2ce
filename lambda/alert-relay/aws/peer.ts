import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../runtime/clock';
import { HEARTBEAT_METRIC, METRIC_NAMESPACE, type RelaySettings } from '../contract';
import type { Peer } from '../ports';
import { ONE_ATTEMPT, request } from './request';

/** CloudWatch of the other region. The time is that of the heartbeat: one that comes late must not look like a new one. */
export function peerMetrics({ platform, region, peerRegion }: RelaySettings, clock: Clock): Peer {
  const client = new CloudWatchClient({ region: peerRegion, ...ONE_ATTEMPT });
  return {
    async beat(atMs) {
      const command = new PutMetricDataCommand({
        Namespace: METRIC_NAMESPACE,
        MetricData: [
          {
            MetricName: HEARTBEAT_METRIC,
            Dimensions: [
              { Name: 'Platform', Value: platform },
              { Name: 'From', Value: region },
            ],
            Timestamp: new Date(atMs),
            Value: 1,
            Unit: 'Count',
          },
        ],
      });
      await request(clock, `The heartbeat to ${peerRegion}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}
