import type { Platform, Role } from '../../../lib/config/platform';
import { CLOUDWATCH_SERIES } from '../../../lib/monitoring/metrics/series';
import { dataSeries } from './data';
import { DAY_MINUTES, MIDNIGHT, ROLES } from './day';
import { objectiveSeries } from './objectives';
import { alertSeries, balancerSeries, holdfastSeries, measuringSeries } from './region';
import { type Place, placeOf, type Sampled } from './sampled';
import { taskSeries } from './tasks';

/** Minutes between two samples: what a rate over five minutes needs, and a day that loads in seconds. */
const STEP_MINUTES = 2;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** What Prometheus keeps in one block. */
const BLOCK_SECONDS = 7_200;

/** What the collector of a region reads also of the other one. */
const OF_PEERS = new Set(
  CLOUDWATCH_SERIES.flatMap(({ name, cloudWatch }) => (cloudWatch.peer ? [name] : [])),
);

/** Every series of both regions on the sample day; or those that one of them has. */
export const sampleSeries = (platform: Platform, seenFrom?: Role): readonly Sampled[] =>
  ROLES.flatMap((role) => {
    const all = ofRegion(placeOf(platform, role));
    return seenFrom === undefined || role === seenFrom ? all : all.filter(({ name }) => OF_PEERS.has(name));
  });

const ofRegion = (place: Place): readonly Sampled[] => [
  ...holdfastSeries(place),
  ...balancerSeries(place),
  ...measuringSeries(place),
  ...alertSeries(place),
  ...dataSeries(place),
  ...taskSeries(place),
  ...objectiveSeries(place),
];

/**
 * The day as OpenMetrics, the text that promtool makes blocks of: a text for each two hours, because promtool reads its
 * file once for each block that it makes. What panels compare with the week before is there for that day too.
 */
export function sampleTexts(platform: Platform, seenFrom?: Role): readonly string[] {
  const blocks = new Map<number, string[]>();
  for (const series of sampleSeries(platform, seenFrom)) {
    const shifts = series.name === 'user_actions_total' ? [-WEEK_MINUTES, 0] : [0];
    for (const shift of shifts) addLines(blocks, series, shift);
  }
  return [...blocks.values()].map((lines) => `${lines.join('\n')}\n# EOF\n`);
}

function addLines(
  blocks: Map<number, string[]>,
  { name, labels, at, counts = false }: Sampled,
  shiftMinutes: number,
): void {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const head = `${name}{${matchers.join(',')}}`;
  let counted = 0;
  for (let minute = 0; minute <= DAY_MINUTES; minute += STEP_MINUTES) {
    const value = at(minute);
    if (value === undefined) {
      // Whoever was gone counts from the beginning again.
      counted = 0;
      continue;
    }
    if (counts) counted += value * STEP_MINUTES * 60;
    const time = MIDNIGHT + (minute + shiftMinutes) * 60;
    const block = Math.floor(time / BLOCK_SECONDS);
    const lines = blocks.get(block) ?? [];
    blocks.set(block, lines);
    lines.push(`${head} ${shown(counts ? counted : value)} ${time}`);
  }
}

const shown = (value: number): string => String(Number(value.toPrecision(7)));
