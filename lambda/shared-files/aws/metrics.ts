import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { METRIC_NAMESPACE, UNCOPIED_METRIC } from '../contract';

/**
 * The metric as a line of the log, which CloudWatch turns into a metric by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetric =
  (platform: string, clock: Clock, log: Log) =>
  (uncopied: number): void => {
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [['Platform']],
      Metrics: [{ Name: UNCOPIED_METRIC, Unit: 'Count' }],
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('shared-files-metrics', { _aws, Platform: platform, [UNCOPIED_METRIC]: uncopied });
  };
