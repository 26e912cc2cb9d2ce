import { sentenceOf } from '../runtime/errors';
import { type COMPONENT_METRICS, COMPONENTS, type Component, type METRICS, REPORTS } from './contract';
import type { Both, Objects } from './ports';
import type { RunReport } from './run';

/** Values for alarms; what is absent is not reported. */
export interface BackupMetrics {
  readonly platform: Readonly<Partial<Record<keyof typeof METRICS, number>>>;
  readonly components: readonly {
    readonly component: Component;
    readonly values: Readonly<Partial<Record<keyof typeof COMPONENT_METRICS, number>>>;
  }[];
}

export function metricsOf({ components, replicating }: RunReport): BackupMetrics {
  const reports = COMPONENTS.flatMap((component) => {
    const report = components[component];
    return report ? [{ component, report }] : [];
  });
  return {
    platform: {
      runs: 1,
      failures: reports.reduce((sum, { report }) => sum + report.failures.length, 0),
      quota: Number(reports.some(({ report }) => report.quota)),
      ...(replicating === null ? {} : { replicating: Number(replicating) }),
    },
    components: reports.map(({ component, report: { ageSeconds, failures } }) => ({
      component,
      values: { failures: failures.length, ...(ageSeconds === null ? {} : { age: ageSeconds }) },
    })),
  };
}

/** @returns `reports/backup/2026/11/21/021503-us-east-1-<id>.json`; they sort by time */
export function reportKey({ startedAt, region }: RunReport, id: string): string {
  const [date = '', time = ''] = startedAt.split('T');
  return `${REPORTS}${date.replaceAll('-', '/')}/${time.slice(0, 8).replaceAll(':', '')}-${region}-${id}.json`;
}

/**
 * Writes the report into both buckets: the report of a region that is gone is read in the other one.
 * @returns why it is not in one of them, one sentence each
 */
export async function writeReport(
  objects: Both<Objects>,
  report: RunReport,
  id: string,
): Promise<readonly string[]> {
  const key = reportKey(report, id);
  const text = JSON.stringify(report, null, 2);
  const outcomes = await Promise.allSettled([objects.own.put(key, text), objects.other.put(key, text)]);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [sentenceOf(outcome.reason)] : []));
}

/** @returns the report without its inventory, as a line of the log */
export function lineOf({ components, ...run }: RunReport): Readonly<Record<string, unknown>> {
  return {
    ...run,
    components: Object.fromEntries(
      Object.entries(components).map(([component, { inventory: _, ...said }]) => [component, said]),
    ),
  };
}
