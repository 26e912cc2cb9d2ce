import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainsOf, databasesOf } from '../../../../lambda/archive/chain/chains';
import { head } from '../../../../lambda/archive/chain/head';
import { parseSegmentKey } from '../../../../lambda/archive/chain/keys';
import { type ChainId, chainPrefix, segmentKey } from '../../../../lambda/archive/contract';
import { MissingSegment } from '../../../../lambda/archive/damage';
import { CHAIN } from '../support/chain';
import { type MemoryStore, memoryStore } from '../support/memory-store';

const NOTHING = new Uint8Array();
function storeOf(chain: ChainId, from: number, to: number, store = memoryStore()): MemoryStore {
  for (let sequence = from; sequence <= to; sequence += 1) {
    store.objects.set(segmentKey(chain, sequence), NOTHING);
  }
  return store;
}

const chains = fc.record({
  system: fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }).map(String),
  database: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  epoch: fc.nat(),
  part: fc.nat({ max: 9_999 }),
});
describe('the key of a segment', () => {
  it('says the chain and the number that it was made of', () => {
    fc.assert(
      fc.property(chains, fc.nat(), (chain, sequence) => {
        expect(parseSegmentKey(segmentKey(chain, sequence))).toEqual({ chain, sequence });
      }),
    );
  });

  it.each([
    'v1/1/shop/0000000003-0000/000000000001.segmen',
    'v1/1/shop/0000000003-0000/1.segment',
    'v1/1/sh%6Fp/0000000003-0000/000000000001.segment',
    'v1/1/%ZZ/0000000003-0000/000000000001.segment',
    'v2/1/shop/0000000003-0000/000000000001.segment',
    'drills/2026-01.json',
  ])('is not %s', (key) => {
    expect(parseSegmentKey(key)).toBeUndefined();
  });
});

describe('the chains of a database', () => {
  it('are found oldest first, with one listing for each and one more, however long they are', async () => {
    const later = { ...CHAIN, epoch: 11, part: 1 };
    const store = storeOf(later, 0, 3, storeOf({ ...CHAIN, epoch: 11 }, 0, 0, storeOf(CHAIN, 5, 3_000)));
    storeOf({ ...CHAIN, database: 'shop2' }, 0, 2, store);
    store.objects.set(`${chainPrefix(later)}note.txt`, NOTHING);
    const found = await chainsOf(store, CHAIN);
    expect(found).toEqual([CHAIN, { ...CHAIN, epoch: 11 }, later]);
    expect(store.asked).toHaveLength(4);
  });

  it('are those of any database, of which each is found once', async () => {
    const other = { ...CHAIN, database: 'shop/2 ü' };
    const store = storeOf(other, 0, 2, storeOf({ ...CHAIN, epoch: 9 }, 0, 0, storeOf(CHAIN, 0, 2)));
    const { system } = CHAIN;
    const expected = [
      { system, database: other.database },
      { system, database: 'shop' },
    ];
    await expect(databasesOf(store)).resolves.toEqual(expected);
    await expect(databasesOf(memoryStore())).resolves.toEqual([]);
  });
});

describe('the head of a chain', () => {
  it('is found in chains of any length, wherever they begin and whatever is known', async () => {
    const numbers = fc.record({ first: fc.nat({ max: 3_000 }), length: fc.integer({ min: 1, max: 9_000 }) });
    await fc.assert(
      fc.asyncProperty(numbers, fc.nat({ max: 9_000 }), async ({ first, length }, ahead) => {
        const last = first + length - 1;
        const store = storeOf(CHAIN, first, last);
        storeOf({ ...CHAIN, part: 1 }, 0, 5, store);
        await expect(head(store, CHAIN)).resolves.toBe(last);
        const from = Math.min(first + ahead, last);
        await expect(head(store, CHAIN, { from })).resolves.toBe(last);
        await expect(head(store, CHAIN, { from: last + 1 })).resolves.toBeUndefined();
      }),
      {
        numRuns: 30,
        examples: [
          [{ first: 0, length: 1_000 }, 0],
          [{ first: 0, length: 1_001 }, 1],
        ],
      },
    );
  });

  it('of a long chain needs a handful of listings', async () => {
    const store = storeOf(CHAIN, 0, 39_999);
    await expect(head(store, CHAIN)).resolves.toBe(39_999);
    expect(store.asked.length).toBeLessThan(20);
  });

  it('is absent where there is no chain, or only what is no segment', async () => {
    const store = memoryStore();
    await expect(head(store, CHAIN)).resolves.toBeUndefined();
    store.objects.set(`${chainPrefix(CHAIN)}note.txt`, NOTHING);
    await expect(head(store, CHAIN)).resolves.toBeUndefined();
  });

  it('is not told of a chain with a hole, which is named', async () => {
    const store = storeOf(CHAIN, 0, 900);
    store.objects.delete(segmentKey(CHAIN, 451));
    await expect(head(store, CHAIN)).rejects.toThrow(MissingSegment);
    await expect(head(store, CHAIN)).rejects.toThrow(segmentKey(CHAIN, 451));
  });

  it('is not told of a long chain with a hole where the search comes by', async () => {
    const store = storeOf(CHAIN, 0, 5_000);
    for (let sequence = 1_900; sequence < 2_100; sequence += 1)
      store.objects.delete(segmentKey(CHAIN, sequence));
    await expect(head(store, CHAIN)).rejects.toThrow(MissingSegment);
  });
});
