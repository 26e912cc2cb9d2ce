import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { METRIC_NAMESPACE, METRICS } from '../contract';

/**
 * Metrics as a line of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(
  platform: string,
  values: Readonly<Record<keyof typeof METRICS, number>>,
  clock: Clock,
  log: Log,
): void {
  const named = {
    [METRICS.delivered]: values.delivered,
    [METRICS.failed]: values.failed,
    [METRICS.heartbeatsFailed]: values.heartbeatsFailed,
  };
  const definition = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [['Platform']],
    Metrics: Object.keys(named).map((Name) => ({ Name, Unit: 'Count' })),
  };
  const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
  log('relay-metrics', { _aws, Platform: platform, ...named });
}
