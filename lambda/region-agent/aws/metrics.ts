import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { METRIC_NAMESPACE, METRIC_UNITS, METRICS } from '../contract';

/** Values of one turn; what is absent is not reported. */
export type TurnMetrics = Readonly<Partial<Record<keyof typeof METRICS, number>>>;

/**
 * Metrics as a line of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(platform: string, clock: Clock, log: Log): (values: TurnMetrics) => void {
  return (values) => {
    const named = Object.entries(METRICS).flatMap(([key, name]) => {
      const metric = key as keyof typeof METRICS;
      const value = values[metric];
      return value === undefined ? [] : [{ name, value, unit: METRIC_UNITS[metric] ?? 'Count' }];
    });
    if (named.length === 0) return;
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [['Platform']],
      Metrics: named.map(({ name, unit }) => ({ Name: name, Unit: unit })),
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    const byName = Object.fromEntries(named.map(({ name, value }) => [name, value]));
    log('agent-metrics', { _aws, Platform: platform, ...byName });
  };
}
