import { otherRole } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { CLOUDWATCH_SERIES } from '../metrics/series';
import type { CloudWatchSeries, Statistic } from '../metrics/series-types';
import { BILLING, type Dimensions, FOUND_BY_TAG, knownDimensions } from './region-reads';

/**
 * Configuration of the exporter of CloudWatch (yet-another-cloudwatch-exporter), made from the catalogue of series. It
 * reads everything that it knows at one pace, and shows nothing new until all of it was read. So a region runs three: one
 * for each minute, one for five, and one for the other region, whose silence must not hold up what is said of this one.
 * https://github.com/prometheus-community/yet-another-cloudwatch-exporter/blob/master/docs/configuration.md
 */

/** What one exporter of CloudWatch reads. */
export type Reader = 'own' | 'slow' | 'peer';
export const READERS: readonly Reader[] = ['own', 'slow', 'peer'];
/** How often it asks; what changes once an hour is asked as often as the rest that is slow, for 0.09 USD a month. */
export const EVERY_SECONDS: Readonly<Record<Reader, number>> = { own: 60, slow: 300, peer: 60 };

/** The tag of every stack of a platform, and the one that says which stack it is. */
const PLATFORM_TAG = 'holdfast:platform';
const PART_TAG = 'holdfast:part';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface Metric {
  readonly name: string;
  readonly statistics: readonly Statistic[];
  /** Seconds that one value is about. */
  readonly period: number;
  /** How far back it looks for the newest value, in seconds. */
  readonly length: number;
  /** Whether no value means that nothing happened. */
  readonly nilToZero: boolean;
}

/** Asks for metrics by dimensions that are known. */
export interface StaticJob {
  readonly name: string;
  readonly namespace: string;
  readonly regions: readonly [string];
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
  readonly customTags: readonly Tag[];
  readonly metrics: readonly Metric[];
}

/** Asks for metrics of whatever carries the tag of the platform. */
export interface DiscoveryJob {
  readonly type: string;
  readonly regions: readonly [string];
  readonly searchTags: readonly Tag[];
  readonly customTags: readonly Tag[];
  readonly dimensionNameRequirements: readonly string[];
  /** A value of the minute that has not ended would be too small. */
  readonly delay: number;
  readonly metrics: readonly Metric[];
}

export interface Configuration {
  readonly apiVersion: 'v1alpha1';
  readonly 'sts-region': string;
  readonly discovery: {
    readonly exportedTagsOnMetrics: Readonly<Record<string, readonly string[]>>;
    readonly jobs: readonly DiscoveryJob[];
  };
  readonly static: readonly StaticJob[];
}

/** @returns what an exporter of a region reads; undefined if that is nothing */
export function configuration(platform: Platform, role: Role, reader: Reader): Configuration | undefined {
  const of = reader === 'peer' ? otherRole(role) : role;
  const series = CLOUDWATCH_SERIES.filter(({ cloudWatch }) => isRead(cloudWatch, reader));
  const discovered = discoveryJobs(series, platform, of);
  const known = staticJobs(series, platform, of);
  if (discovered.length + known.length === 0) return undefined;
  const types = [...new Set(discovered.map(({ type }) => type))];
  return {
    apiVersion: 'v1alpha1',
    'sts-region': platform.regions[role].name,
    discovery: {
      exportedTagsOnMetrics: Object.fromEntries(types.map((type) => [type, [PART_TAG]])),
      jobs: discovered,
    },
    static: known,
  };
}

function isRead({ everySeconds, peer }: CloudWatchSeries['cloudWatch'], reader: Reader): boolean {
  if (reader === 'peer') return peer;
  return reader === 'own' ? everySeconds === EVERY_SECONDS.own : everySeconds > EVERY_SECONDS.own;
}

function discoveryJobs(
  series: readonly CloudWatchSeries[],
  platform: Platform,
  role: Role,
): readonly DiscoveryJob[] {
  const found = series.filter(({ cloudWatch }) => FOUND_BY_TAG.includes(cloudWatch.namespace));
  const alike = groups(found, ({ cloudWatch: { namespace, dimensions } }) =>
    [namespace, ...Object.keys(dimensions)].join(' '),
  );
  return alike.map((group) => {
    const { namespace, dimensions } = group[0].cloudWatch;
    return {
      type: namespace,
      regions: [platform.regions[role].name],
      searchTags: [{ key: PLATFORM_TAG, value: `^${platform.name}$` }],
      customTags: [{ key: 'role', value: role }],
      dimensionNameRequirements: Object.keys(dimensions),
      delay: 60,
      metrics: metrics(group),
    };
  });
}

type Group<T> = readonly [T, ...T[]];

/** @returns what has the same key, in the order in which each key comes first */
function groups<T>(all: readonly T[], keyOf: (one: T) => string): readonly Group<T>[] {
  const found = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = found.get(keyOf(one));
    if (group) group.push(one);
    else found.set(keyOf(one), [one]);
  }
  return [...found.values()];
}

function staticJobs(
  series: readonly CloudWatchSeries[],
  platform: Platform,
  role: Role,
): readonly StaticJob[] {
  const asked = series.flatMap((of) =>
    knownDimensions(of, platform, role).map((dimensions): Asked => ({ of, dimensions })),
  );
  return groups(asked, nameOf).map((group) => staticJob(group, platform.regions[role].name, role));
}

/** A series of one resource. */
interface Asked {
  readonly of: CloudWatchSeries;
  readonly dimensions: Dimensions;
}

const nameOf = ({ of, dimensions }: Asked): string =>
  [of.cloudWatch.namespace, ...Object.values(dimensions)].join(' ');

function staticJob(group: Group<Asked>, region: string, role: Role): StaticJob {
  const { of, dimensions } = group[0];
  const { namespace } = of.cloudWatch;
  const isBill = namespace === BILLING.namespace;
  return {
    name: nameOf(group[0]),
    namespace,
    regions: [isBill ? BILLING.region : region],
    dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
    // Told as of the region that reads it, not of the one where it is kept.
    customTags: [{ key: 'role', value: role }, ...(isBill ? [{ key: 'region', value: region }] : [])],
    metrics: metrics(group.map((one) => one.of)),
  };
}

/** Statistics of the same metric are asked for at once. */
function metrics(series: readonly CloudWatchSeries[]): readonly Metric[] {
  return groups(series, ({ cloudWatch: { metric, everySeconds } }) => `${metric} ${everySeconds}`).map(
    (group) => {
      const { metric, everySeconds } = group[0].cloudWatch;
      const statistics = group.map(({ cloudWatch }) => cloudWatch.statistic);
      return {
        name: metric,
        statistics,
        period: everySeconds,
        length: lookBackSeconds(group[0]),
        nilToZero: statistics.every((statistic) => statistic === 'Sum'),
      };
    },
  );
}

/** Certificates and bills get a value once or twice a day. */
const DAY = 86_400;
/** Backups and drills look every quarter of an hour; one look may be late. */
const TWO_LOOKS = 1_800;

/** Values arrive some minutes late; a part that is silent for longer is told as silent. */
function lookBackSeconds({ source, cloudWatch: { everySeconds } }: CloudWatchSeries): number {
  if (everySeconds === EVERY_SECONDS.own) return 300;
  if (everySeconds > EVERY_SECONDS.slow) return DAY;
  return source === 'holdfast' ? TWO_LOOKS : 900;
}
