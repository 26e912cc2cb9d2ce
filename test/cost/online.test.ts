import { describe, expect, it } from '@jest/globals';
import { onlinePrices } from '../../lib/cost/online';
import type { PriceList } from '../../lib/cost/online/price-list';
import { priceIn, UnreadablePrice } from '../../lib/cost/online/product';
import { questionsOf } from '../../lib/cost/online/questions';
import { PRICES } from '../../lib/cost/prices';
import { platform } from '../support/synth';
import { bareRegion } from './hand';

/** A product as the price list gives it. */
const product = (
  usagetype: string,
  ...prices: readonly { readonly usd: string; readonly begin?: string }[]
) =>
  JSON.stringify({
    product: { attributes: { usagetype, regionCode: 'eu-central-1' }, sku: 'X' },
    terms: {
      OnDemand: {
        'X.Y': {
          priceDimensions: Object.fromEntries(
            prices.map(({ usd, begin = '0' }, i) => [
              `X.Y.${i}`,
              { beginRange: begin, pricePerUnit: { USD: usd } },
            ]),
          ),
        },
      },
    },
  });

describe('the price in products', () => {
  it('is that of the usage type, whatever shortcut of a region stands before it', () => {
    const products = [
      product('EUC1-NatGateway-Bytes', { usd: '0.052' }),
      product('EUC1-NatGateway-Prvd-Hours', { usd: '9' }),
      product('EUC1-NatGateway-Hours', { usd: '0.0520000000' }),
    ];
    expect(priceIn(products, /^NatGateway-Hours$/)).toBe(0.052);
    expect(priceIn([product('NatGateway-Hours', { usd: '0.045' })], /^NatGateway-Hours$/)).toBe(0.045);
  });

  it('is that of the first unit', () => {
    const tiers = product('USE1-LCUUsage', { usd: '0.008' }, { usd: '0.001', begin: '1000' });
    expect(priceIn([tiers], /^LCUUsage$/)).toBe(0.008);
  });

  it.each([
    ['there is none', [product('EU-Other', { usd: '1' })]],
    ['two differ', [product('A', { usd: '1' }), product('EU-A', { usd: '2' })]],
    ['it is free', [product('A', { usd: '0.0000' })]],
    ['it is in another currency', ['{"product":{"attributes":{"usagetype":"A"}},"terms":{}}']],
    ['a product is something else', ['{"product":7}']],
    ['a product is no JSON', ['<html>']],
  ])('is not guessed where %s', (_, products) => {
    expect(() => priceIn(products, /^A$/)).toThrow(UnreadablePrice);
  });
});

describe('prices of the price list', () => {
  const opsCenter = platform('ops-center');
  const built = [bareRegion('us-east-1'), bareRegion('us-west-2'), bareRegion('us-east-2')];
  const questions = built.slice(0, 2).flatMap((one) => questionsOf(opsCenter, one)).length;
  /** Answers with one price for whatever is asked, but for some services. */
  const list = (broken: readonly string[] = []): PriceList => ({
    products: async (service, { regionCode = '' }) => {
      if (broken.includes(service)) throw new Error(`${service} does not answer`);
      const types = ['Fargate-vCPU-Hours:perCPU', 'NatGateway-Hours', 'InstanceUsage:db.m7g.xlarge'];
      return types.map((type) => product(type, { usd: regionCode === 'us-west-2' ? '2' : '1' }));
    },
  });

  it('are those of each region', async () => {
    const { pricesOf, found } = await onlinePrices(opsCenter, built, list());
    expect(pricesOf('us-east-1').network.natGatewayHour).toBe(1);
    expect(pricesOf('us-west-2').network.natGatewayHour).toBe(2);
    expect(pricesOf('us-east-1').database.instanceHour['db.m7g.xlarge']).toBe(1);
    expect(found).toBeGreaterThan(5);
  });

  it('leave the others as they are in the dated table, and say so for each', async () => {
    const { pricesOf, found, missing } = await onlinePrices(opsCenter, built, list(['AmazonEC2']));
    expect(pricesOf('us-east-1').network.natGatewayHour).toBe(PRICES.network.natGatewayHour);
    expect(pricesOf('us-east-1').fargate.vcpuHour).toEqual({ ...PRICES.fargate.vcpuHour, x86_64: 1 });
    expect(missing).toContain('us-east-1: an hour of a NAT gateway: AmazonEC2 does not answer');
    expect(found + missing.length).toBe(questions);
  });

  it('are all those of the table where nothing answers', async () => {
    const silent: PriceList = { products: () => Promise.reject(new Error('no network')) };
    const { pricesOf, found, missing } = await onlinePrices(opsCenter, built, silent);
    expect([found, missing.length]).toEqual([0, questions]);
    expect(pricesOf('us-west-2')).toEqual(PRICES);
  });

  it('are not asked for a region without an application', async () => {
    const asked = new Set<string | undefined>();
    await onlinePrices(opsCenter, built, {
      products: async (_, { regionCode }) => {
        asked.add(regionCode);
        return [];
      },
    });
    expect([...asked].sort()).toEqual(['us-east-1', 'us-west-2']);
  });
});
