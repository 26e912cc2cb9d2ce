import { regionOf } from '../../config/names';
import type { Platform } from '../../config/platform';
import type { BuiltRegion } from '../built';
import { PRICES, type Prices, type PricesOf } from '../prices';
import type { PriceList } from './price-list';
import { priceIn } from './product';
import { type Question, questionsOf } from './questions';

/** Prices of the day, as far as the price list gave them. */
export interface OnlinePrices {
  readonly pricesOf: PricesOf;
  /** How many prices came from the list. */
  readonly found: number;
  /** Prices that stayed those of the dated table, one sentence each, with why. */
  readonly missing: readonly string[];
}

/**
 * Takes prices of both regions with an application from the price list of AWS. Each that cannot be had stays that of the dated
 * table, and is told; nothing is thrown for it.
 */
export async function onlinePrices(
  platform: Platform,
  built: readonly BuiltRegion[],
  list: PriceList,
): Promise<OnlinePrices> {
  const served = [regionOf(platform, 'home'), regionOf(platform, 'standby')];
  const regions = await Promise.all(
    built.filter(({ region }) => served.includes(region)).map((one) => pricesIn(platform, one, list)),
  );
  const known = new Map(regions.map(({ region, prices }) => [region, prices]));
  return {
    pricesOf: (region) => known.get(region) ?? PRICES,
    found: regions.reduce((total, { found }) => total + found, 0),
    missing: regions.flatMap(({ missing }) => missing),
  };
}

interface RegionPrices {
  readonly region: string;
  readonly prices: Prices;
  readonly found: number;
  readonly missing: readonly string[];
}

type Answer = { readonly question: Question } & ({ readonly usd: number } | { readonly error: unknown });

async function pricesIn(platform: Platform, built: BuiltRegion, list: PriceList): Promise<RegionPrices> {
  const { region } = built;
  const answers = await Promise.all(
    questionsOf(platform, built).map(async (question): Promise<Answer> => {
      try {
        const products = await list.products(question.service, {
          regionCode: region,
          ...question.attributes,
        });
        return { question, usd: priceIn(products, question.usageType) };
      } catch (error) {
        return { question, error };
      }
    }),
  );
  return {
    region,
    prices: answers.reduce<Prices>(
      (prices, answer) => ('usd' in answer ? answer.question.put(prices, answer.usd) : prices),
      PRICES,
    ),
    found: answers.filter((answer) => 'usd' in answer).length,
    missing: answers.flatMap((answer) =>
      'error' in answer
        ? [
            `${region}: ${answer.question.of}: ${answer.error instanceof Error ? answer.error.message : answer.error}`,
          ]
        : [],
    ),
  };
}
