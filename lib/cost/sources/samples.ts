import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { metricNames } from '../../monitoring/metrics/series';
import { ruleGroups } from '../../monitoring/rules/groups';
import type { Rule } from '../../monitoring/rules/rule';
import { type CostPart, DAYS_PER_MONTH, partIf, sum, timesPerMonth } from '../part';
import type { Prices } from '../prices';
import { type SeriesCount, seriesOf } from './series';

/** Of a sample that is kept, as AWS says: one or two. */
const BYTES_OF_A_SAMPLE = 2;
const BYTES_OF_A_GIB = 2 ** 30;
const SECONDS_OF = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What the workspace of a region costs: samples that come in, are kept, and are read by the rules. */
export function sampleParts(prices: Prices, platform: Platform, role: Role): readonly CostPart[] {
  const series = seriesOf(platform, role);
  const region = regionOf(platform, role);
  const samples = samplesPerMonth(series);
  const { retentionDays } = platform.monitoring;
  const keptGib = (samples * (retentionDays / DAYS_PER_MONTH) * BYTES_OF_A_SAMPLE) / BYTES_OF_A_GIB;
  const read = samplesRead(platform, role, series);
  return partIf(series.length > 0, () => ({
    name: 'Prometheus: samples in',
    region,
    usdPerMonth: (samples / 1e7) * prices.prometheus.tenMillionSamplesIn,
    how: `${millions(samples)} samples: ${bySource(series)}`,
  })).concat(
    partIf(series.length > 0, () => ({
      name: 'Prometheus: kept and read',
      region,
      usdPerMonth: keptGib * prices.prometheus.gibMonth + (read / 1e9) * prices.prometheus.billionSamplesRead,
      how: `${keptGib.toFixed(1)} GiB for ${retentionDays} days; ${millions(read)} samples read by rules, none by dashboards`,
    })),
  );
}

const samplesPerMonth = (series: readonly SeriesCount[]): number =>
  sum(series.map((one) => one.series * timesPerMonth(one.everySeconds)));

const millions = (count: number): string => `${Math.round(count / 1e6)} million`;

function bySource(series: readonly SeriesCount[]): string {
  const sources = [...new Set(series.map(({ source }) => source))];
  return sources
    .map((source) => {
      const count = sum(series.filter((one) => one.source === source).map((one) => one.series));
      return `${count} series of ${source}`;
    })
    .join(', ');
}

/** Each rule, each time, reads of every series that it names what lies in the longest of its windows. */
function samplesRead(platform: Platform, role: Role, series: readonly SeriesCount[]): number {
  if (series.length === 0) return 0;
  const read = ({ expression }: Rule): number => {
    const windowSeconds = longestWindow(expression);
    return sum(
      metricNames(expression).flatMap((name) =>
        series
          .filter((one) => one.name === name)
          .map((one) => one.series * Math.max(1, windowSeconds / one.everySeconds)),
      ),
    );
  };
  return sum(
    ruleGroups(platform, role).map(
      ({ intervalSeconds, rules }) => sum(rules.map(read)) * timesPerMonth(intervalSeconds),
    ),
  );
}

/** @returns seconds of the longest `[...]` of an expression; 0 without one */
const longestWindow = (expression: string): number =>
  Math.max(
    0,
    ...[...expression.matchAll(/\[(\d+)([smhd])/g)].map(
      ([, count, unit]) => Number(count) * (isUnit(unit) ? SECONDS_OF[unit] : 0),
    ),
  );

const isUnit = (unit: string | undefined): unit is keyof typeof SECONDS_OF =>
  unit !== undefined && Object.hasOwn(SECONDS_OF, unit);
