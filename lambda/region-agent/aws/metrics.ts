import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { METRIC_NAMESPACE, METRICS } from '../contract';

/** Values of one turn; what is absent is not reported. */
export type TurnMetrics = Readonly<Partial<Record<keyof typeof METRICS, number>>>;

/**
 * Metrics as a line of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(platform: string, clock: Clock, log: Log): (values: TurnMetrics) => void {
  return (values) => {
    const named = Object.entries(METRICS).flatMap(([key, name]): [string, number][] => {
      const value = values[key as keyof typeof METRICS];
      return value === undefined ? [] : [[name, value]];
    });
    if (named.length === 0) return;
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [['Platform']],
      Metrics: named.map(([Name]) => ({ Name, Unit: 'Count' })),
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('agent-metrics', { _aws, Platform: platform, ...Object.fromEntries(named) });
  };
}
