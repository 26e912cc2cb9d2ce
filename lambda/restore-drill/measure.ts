import type { Clock } from '../runtime/clock';
import type { Log } from '../runtime/log';
import { type DrillSettings, METRIC_NAMESPACE, METRICS } from './contract';
import type { Turn } from './drill';
import { ageSeconds, findingsOf, type Inspected } from './inspection';
import { isOverdue, rpoSeconds, rtoSeconds } from './record';

/** The rest is counted: where a bucket was emptied, every segment is a finding. */
const FINDINGS_MAX = 50;

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
  write('drill', platform, sentence, values, clock, log);
}

/** Names what was found, too. @param inspected undefined where another region leads, and inspects */
export function measureInspection(
  platform: string,
  inspected: Inspected | undefined,
  clock: Clock,
  log: Log,
): void {
  const {
    inspection,
    found = [],
    sentence = 'Another region leads, and inspects the archive.',
  } = inspected ?? {};
  for (const { store, sentence: says } of found.slice(0, FINDINGS_MAX))
    log('finding', { store, sentence: says });
  const values = {
    [METRICS.verifyFindings]: inspection ? findingsOf(inspection) : 0,
    [METRICS.verifyAgeSeconds]: inspection ? ageSeconds(inspection, clock.now()) : 0,
  };
  write('inspection', platform, sentence, values, clock, log);
}

function write(
  event: string,
  platform: string,
  sentence: string,
  values: Readonly<Record<string, number>>,
  clock: Clock,
  log: Log,
): void {
  const named = Object.keys(values).map((Name) => ({
    Name,
    Unit: Name.endsWith('Seconds') ? 'Seconds' : 'Count',
  }));
  const definition = { Namespace: METRIC_NAMESPACE, Dimensions: [['Platform']], Metrics: named };
  const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
  log(event, { _aws, Platform: platform, sentence, ...values });
}
