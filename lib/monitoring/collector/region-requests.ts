import type { Platform, Role } from '../../config/platform';
import { targetGroupCount } from '../../config/traffic-groups';
import { configuration, type DiscoveryJob, EVERY_SECONDS, READERS, type Reader } from './region-cloudwatch';

/** What one exporter of CloudWatch asks for each time; CloudWatch wants 0.01 USD for a thousand of any of these. */
export interface Requests {
  readonly reader: Reader;
  readonly everySeconds: number;
  /** Metrics asked for by dimensions that are known: a request each, all statistics in one. */
  readonly known: number;
  /** Statistics of what was found by its tag. */
  readonly found: number;
  /** Searches for what there is: one for each metric that is found by its tag. */
  readonly searches: number;
}

/** @returns what the collector of a region asks CloudWatch for, by its exporters */
export function cloudWatchRequests(platform: Platform, role: Role): readonly Requests[] {
  return READERS.flatMap((reader): Requests[] => {
    const asked = configuration(platform, role, reader);
    if (!asked) return [];
    const { jobs } = asked.discovery;
    return [
      {
        reader,
        everySeconds: EVERY_SECONDS[reader],
        known: sum(asked.static.map(({ metrics }) => metrics.length)),
        found: sum(jobs.map((job) => resources(platform, job) * statistics(job))),
        searches: sum(jobs.map(({ metrics }) => metrics.length)),
      },
    ];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const statistics = ({ metrics }: DiscoveryJob): number =>
  sum(metrics.map((metric) => metric.statistics.length));

/** A platform has one balancer and one certificate in a region, and the target groups of its services. */
function resources({ services }: Platform, { dimensionNameRequirements }: DiscoveryJob): number {
  if (!dimensionNameRequirements.includes('TargetGroup')) return 1;
  return sum(services.map(targetGroupCount));
}
