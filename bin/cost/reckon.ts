import type { Platform } from '../../lib/config/platform';
import { type Bill, billOf } from '../../lib/cost/bill';
import type { BuiltRegion } from '../../lib/cost/built';
import { onlinePrices } from '../../lib/cost/online';
import type { PriceList } from '../../lib/cost/online/price-list';
import { PRICES } from '../../lib/cost/prices';
import type { Use } from '../../lib/cost/use/assumptions';

/** How a platform is reckoned. */
export interface Manner {
  readonly use: Use;
  /** Absent: by the dated table alone. */
  readonly list?: PriceList;
  /** @returns what the stacks of a platform hold */
  readonly built: (platform: Platform) => readonly BuiltRegion[];
}

/** What was reckoned of a platform. */
export interface Reckoned {
  readonly platform: Platform;
  readonly use: Use;
  readonly bill: Bill;
  readonly prices: Origin;
}

/** Where prices come from. */
export interface Origin {
  /** How many came from the price list; undefined if it was not asked. */
  readonly online?: number;
  /** Those that should have and did not, one sentence each. */
  readonly missing: readonly string[];
}

/** Reckons a platform. A price list that does not answer is told in `prices`, never thrown. */
export async function reckon(platform: Platform, { use, list, built }: Manner): Promise<Reckoned> {
  const regions = built(platform);
  if (!list) return { platform, use, bill: billOf(platform, regions, use), prices: { missing: [] } };
  const { pricesOf, found, missing } = await onlinePrices(platform, regions, list);
  return {
    platform,
    use,
    bill: billOf(platform, regions, use, pricesOf),
    prices: { online: found, missing },
  };
}

/** @returns where the prices come from, one sentence each */
export function originSentences({ online, missing }: Origin): readonly string[] {
  const { asOf, region } = PRICES;
  const table = `prices of ${asOf} in ${region}: other regions differ, in Europe and Asia by up to 30 %.`;
  if (online === undefined) return [`An estimate, by ${table}`];
  const reasons = [...new Set(missing.map(reasonOf))];
  if (online === 0)
    return [
      `The price list of AWS gave no price (${reasons.join('; ')}).`,
      `Instead, an estimate by ${table}`,
    ];
  return [
    `An estimate, by ${online} prices that AWS lists now for the regions; the others are those of ${asOf} in ${region}.`,
    ...missing.map((sentence) => `Not in the price list: ${sentence}`),
  ];
}

/** Of `<region>: <what>: <why>`. */
const reasonOf = (sentence: string): string => sentence.split(': ').slice(2).join(': ');
