import type { Clock } from '../runtime/clock';
import type { Log } from '../runtime/log';
import { type DrillSettings, METRIC_NAMESPACE, METRICS } from './contract';
import type { Turn } from './drill';
import { isOverdue, rpoSeconds, rtoSeconds } from './record';

/**
 * Metrics as a line of the log, which CloudWatch turns into metrics by itself.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(platform: string, turn: Turn, settings: DrillSettings, clock: Clock, log: Log): void {
  const { record, leftovers, sentence, ended } = turn;
  const values: Record<string, number> = {
    [METRICS.runs]: 1,
    [METRICS.overdue]: isOverdue(record, clock.now(), settings) ? 1 : 0,
    [METRICS.leftovers]: leftovers,
  };
  if (record && ended) {
    const succeeded = record.outcome === 'succeeded';
    values[METRICS.succeeded] = succeeded ? 1 : 0;
    values[METRICS.failed] = succeeded ? 0 : 1;
    values[METRICS.rpoSeconds] = rpoSeconds(record);
    const rto = rtoSeconds(record);
    if (rto !== undefined) values[METRICS.rtoSeconds] = rto;
  }
  const named = Object.keys(values).map((Name) => ({
    Name,
    Unit: Name.endsWith('Seconds') ? 'Seconds' : 'Count',
  }));
  const definition = { Namespace: METRIC_NAMESPACE, Dimensions: [['Platform']], Metrics: named };
  const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
  log('drill', { _aws, Platform: platform, sentence, ...values });
}
