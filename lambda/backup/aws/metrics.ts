import type { Clock } from '../../runtime/clock';
import type { Log } from '../../runtime/log';
import { COMPONENT_METRICS, METRIC_NAMESPACE, METRICS } from '../contract';
import type { BackupMetrics } from '../report';

/**
 * Metrics as lines of the log, which CloudWatch turns into metrics by itself: no call that could fail or hang.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(platform: string, clock: Clock, log: Log): (metrics: BackupMetrics) => void {
  const write = (dimensions: Readonly<Record<string, string>>, named: readonly [string, number][]): void => {
    if (named.length === 0) return;
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [Object.keys(dimensions)],
      Metrics: named.map(([Name]) => ({ Name, Unit: Name.endsWith('Seconds') ? 'Seconds' : 'Count' })),
    };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
    log('backup-metrics', { _aws, ...dimensions, ...Object.fromEntries(named) });
  };
  return (metrics) => {
    write({ Platform: platform }, named(METRICS, metrics.platform));
    for (const { component, values } of metrics.components)
      write({ Platform: platform, Component: component }, named(COMPONENT_METRICS, values));
  };
}

const named = <K extends string>(
  names: Readonly<Record<K, string>>,
  values: Readonly<Partial<Record<K, number>>>,
): readonly [string, number][] =>
  (Object.keys(names) as K[]).flatMap((key): [string, number][] => {
    const value = values[key];
    return value === undefined ? [] : [[names[key], value]];
  });
