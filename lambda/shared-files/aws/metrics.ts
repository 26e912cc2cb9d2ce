import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { METRIC_NAMESPACE, READ_ONLY_METRIC, UNCOPIED_METRIC } from '../contract';
import type { Counts } from '../turn';

/**
 * The metrics as a line of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetric =
  (platform: string, clock: Clock, log: Log) =>
  ({ uncopied, readOnly }: Counts): void => {
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [['Platform']],
      Metrics: [UNCOPIED_METRIC, READ_ONLY_METRIC].map((Name) => ({ Name, Unit: 'Count' })),
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('shared-files-metrics', {
      _aws,
      Platform: platform,
      [UNCOPIED_METRIC]: uncopied,
      [READ_ONLY_METRIC]: readOnly,
    });
  };
