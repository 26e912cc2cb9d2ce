import type { Clock } from '../runtime/clock';
import type { Log } from '../runtime/log';
import { METRIC_NAMESPACE, METRICS } from './contract';
import type { Report } from './report';

/**
 * Metrics as a line of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(
  platform: string,
  clock: Clock,
  log: Log,
): (values: Report['metrics']) => void {
  return (values) => {
    const found = Object.entries(METRICS).flatMap(([key, name]): [string, number][] => {
      const value = values[key as keyof typeof METRICS];
      return value === undefined ? [] : [[name, value]];
    });
    if (found.length === 0) return;
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [['Platform']],
      Metrics: found.map(([Name]) => ({ Name, Unit: unitOf(Name) })),
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('archive-metrics', { _aws, Platform: platform, ...Object.fromEntries(found) });
  };
}

function unitOf(name: string): 'Seconds' | 'Bytes' | 'Count' {
  if (name.endsWith('Seconds')) return 'Seconds';
  return name.endsWith('Bytes') ? 'Bytes' : 'Count';
}
