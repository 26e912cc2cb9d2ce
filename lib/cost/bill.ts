import type { Platform } from '../config/platform';
import type { BuiltRegion } from './built';
import { monitoringCost } from './monitoring';
import { type CostPart, type Estimate, totalUsd } from './part';
import { platformCost } from './platform';
import { type PricesOf, TABLE } from './prices';
import { useCost } from './use';
import { DEFAULT_USE, type Use } from './use/assumptions';

/** The whole bill of a platform, in three parts. */
export interface Bill {
  /** What runs whether it is used or not, without the monitoring. */
  readonly rest: Estimate;
  /** What use makes. */
  readonly use: Estimate;
  readonly monitoring: Estimate;
}

/** @returns what a platform costs a month; see the functions of each part for what is in it */
export const billOf = (
  platform: Platform,
  built: readonly BuiltRegion[],
  use: Use = DEFAULT_USE,
  pricesOf: PricesOf = TABLE,
): Bill => ({
  rest: platformCost(platform, built, pricesOf),
  use: useCost(platform, built, use, pricesOf),
  monitoring: monitoringCost(platform, built, pricesOf),
});

export const partsOf = ({ rest, use, monitoring }: Bill): readonly CostPart[] => [
  ...rest.parts,
  ...use.parts,
  ...monitoring.parts,
];

export const billUsd = (bill: Bill): number => totalUsd(partsOf(bill));

/** One line of a bill over all regions. */
export interface Line {
  readonly name: string;
  readonly usdPerMonth: number;
}

/** @returns the lines of a bill over all regions, dearest first */
export function linesOf(bill: Bill): readonly Line[] {
  const parts = partsOf(bill);
  return [...new Set(parts.map(({ name }) => name))]
    .map((name) => ({ name, usdPerMonth: totalUsd(parts.filter((part) => part.name === name)) }))
    .sort((a, b) => b.usdPerMonth - a.usdPerMonth);
}

/** What a line costs in two bills. */
export interface Change {
  readonly name: string;
  readonly region: string;
  readonly fromUsd: number;
  readonly toUsd: number;
}

const CENT = 0.005;

/** @returns the lines that differ by a cent or more, the largest difference first */
export function changesBetween(from: Bill, to: Bill): readonly Change[] {
  const [before, after] = [partsOf(from), partsOf(to)];
  const usd = (parts: readonly CostPart[], { name, region }: CostPart): number =>
    totalUsd(parts.filter((part) => part.name === name && part.region === region));
  const seen = new Set<string>();
  return [...before, ...after]
    .filter(({ name, region }) => {
      const key = JSON.stringify([name, region]);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .map((part) => ({
      name: part.name,
      region: part.region,
      fromUsd: usd(before, part),
      toUsd: usd(after, part),
    }))
    .filter(({ fromUsd, toUsd }) => Math.abs(toUsd - fromUsd) >= CENT)
    .sort((a, b) => Math.abs(b.toUsd - b.fromUsd) - Math.abs(a.toUsd - a.fromUsd));
}
