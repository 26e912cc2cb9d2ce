import { z } from 'zod';

const product = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({
              beginRange: z.string().optional(),
              pricePerUnit: z.object({ USD: z.string().optional() }),
            }),
          ),
        }),
      )
      .optional(),
  }),
});

/** A price list that says something else than what is understood of it. */
export class UnreadablePrice extends Error {
  override readonly name = 'UnreadablePrice';
}

/**
 * Reads the one price on demand, of the first unit of a month, out of products.
 * @param usageType which of the products is meant, without the shortcut of the region before it
 * @throws UnreadablePrice if there is no such product, or products have different prices
 */
export function priceIn(products: readonly string[], usageType: RegExp): number {
  const prices = products.flatMap((text) => pricesOf(text, usageType)).filter((usd) => usd > 0);
  const [usd] = prices;
  if (usd === undefined)
    throw new UnreadablePrice(`none of ${products.length} products is ${usageType.source}`);
  if (prices.some((one) => one !== usd))
    throw new UnreadablePrice(`products of ${usageType.source} have different prices: ${prices.join(', ')}`);
  return usd;
}

/** Shortcut of a region as usage types begin with, for example EUC1-; us-east-1 often has none. */
const REGION = /^(?:[A-Z]{2,4}\d?-)?/;

function pricesOf(text: string, usageType: RegExp): readonly number[] {
  const read = product.safeParse(parsed(text));
  if (!read.success) throw new UnreadablePrice('a product has another form than expected');
  const { attributes } = read.data.product;
  if (!usageType.test((attributes.usagetype ?? '').replace(REGION, ''))) return [];
  return Object.values(read.data.terms.OnDemand ?? {}).flatMap(({ priceDimensions }) =>
    Object.values(priceDimensions)
      .filter(({ beginRange = '0' }) => Number(beginRange) === 0)
      .map(({ pricePerUnit }) => Number(pricePerUnit.USD ?? Number.NaN))
      .filter(Number.isFinite),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadablePrice('a product is no JSON', { cause: error });
  }
}
