import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSegments } from '../../../../lambda/archive/chain/read';
import { verifyChain } from '../../../../lambda/archive/chain/verify-chain';
import { segmentKey } from '../../../../lambda/archive/contract';
import { DamagedArchive } from '../../../../lambda/archive/damage';
import type { SealedSegment } from '../../../../lambda/archive/format/seal';
import { CHAIN, type Cutting, writeChain } from '../support/chain';
import {
  flipped,
  inserted,
  type MemoryStore,
  memoryStore,
  removed,
  truncated,
} from '../support/memory-store';
import { arbitraryCutting, expected, readAll } from '../support/reading';
import { arbitraryTransactionsOf, type TestTransaction } from '../support/transactions';

/** Whatever happens to a chain: it is found and named, and nothing that was not archived is ever given to anybody. */

interface Damaged {
  readonly store: MemoryStore;
  /** Keys of which one must be named. */
  readonly keys: readonly string[];
}
interface Chance {
  readonly transactions: readonly TestTransaction[];
  readonly cutting: Cutting;
  /** Between 0 and 1: where. */
  readonly at: number;
  readonly where: number;
}
type Damage = (
  store: MemoryStore,
  written: readonly SealedSegment[],
  chance: Chance,
) => Promise<readonly string[]> | readonly string[];

const chance: fc.Arbitrary<Chance> = fc.record({
  transactions: arbitraryTransactionsOf({ transactionsMin: 2, transactionsMax: 7, changesMax: 8 }),
  cutting: arbitraryCutting.map((cutting) => ({ ...cutting, transactions: 1 })),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  where: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
const pick = <T>(list: readonly T[], at: number): T => {
  const found = list[Math.floor(at * list.length)];
  if (found === undefined) throw new Error('There is nothing to pick from.');
  return found;
};

/** Changes the bytes of one object. */
const bytewise =
  (change: (bytes: Uint8Array, offset: number) => Uint8Array): Damage =>
  (store, written, { at, where }) => {
    const { key, bytes } = pick(written, at);
    store.objects.set(key, change(bytes, Math.floor(where * bytes.length)));
    return [key];
  };

const DAMAGES: readonly [string, Damage][] = [
  ['a flipped bit', bytewise((bytes, offset) => flipped(bytes, offset, 1 << (offset % 8)))],
  ['a byte that is gone', bytewise(removed)],
  ['a byte too many', bytewise(inserted)],
  ['a truncated object', bytewise((bytes, offset) => truncated(bytes, bytes.length - offset))],
  [
    'a segment that is missing',
    (store, written, { at }) => {
      const { key } = pick(written.slice(1, -1), at);
      store.objects.delete(key);
      return [key];
    },
  ],
  [
    'two segments that are swapped',
    (store, written, { at }) => {
      const place = 1 + Math.floor(at * (written.length - 2));
      const [one, other] = [pick(written.slice(place), 0), pick(written.slice(place + 1), 0)];
      store.objects.set(one.key, other.bytes);
      store.objects.set(other.key, one.bytes);
      return [one.key];
    },
  ],
  [
    'a segment that is there twice',
    (store, written, { at, where }) => {
      const one = pick(written, at);
      const other = pick(
        written.filter(({ key }) => key !== one.key),
        where,
      );
      store.objects.set(other.key, one.bytes);
      return [other.key];
    },
  ],
  [
    'a segment behind the last that repeats it',
    (store, written) => {
      const key = segmentKey(CHAIN, written.length);
      store.objects.set(key, written.at(-1)?.bytes ?? new Uint8Array());
      return [key];
    },
  ],
  [
    'an intact segment of another history under the same key',
    async (store, _, { transactions, cutting, at }) => {
      const moved = transactions.map((one) => ({ ...one, commitTimeUs: one.commitTimeUs + 1n }));
      const others = await writeChain(memoryStore(), CHAIN, moved, cutting);
      const one = pick(others.slice(1, -1), at);
      store.objects.set(one.key, one.bytes);
      // The genesis is the same in both, so that it is the next one that does not follow.
      const next = segmentKey(CHAIN, one.header.sequence + 1);
      return one.header.sequence === 1 ? [one.key, next] : [one.key];
    },
  ],
];

async function damaged(damage: Damage, drawn: Chance): Promise<Damaged> {
  const store = memoryStore();
  const written = await writeChain(store, CHAIN, drawn.transactions, drawn.cutting);
  return { store, keys: await damage(store, written, drawn) };
}

const RUNS = { numRuns: 25 };

describe.each(DAMAGES)('%s', (_, damage) => {
  it('ends a reading with its name, after nothing but what was archived', async () => {
    await fc.assert(
      fc.asyncProperty(chance, async (drawn) => {
        const { store, keys } = await damaged(damage, drawn);
        const { given, error } = await readAll(readSegments(store, CHAIN));
        expect(error).toBeInstanceOf(DamagedArchive);
        expect(keys).toContain(error instanceof DamagedArchive ? error.key : '');
        expect(given).toEqual(drawn.transactions.slice(0, given.length).map(expected));
      }),
      RUNS,
    );
  });

  it('is a finding of a verification, which goes on behind it', async () => {
    await fc.assert(
      fc.asyncProperty(chance, async (drawn) => {
        const { store, keys } = await damaged(damage, drawn);
        const { findings, to } = await verifyChain({ near: store }, CHAIN);
        expect(findings.some(({ key }) => keys.includes(key))).toBe(true);
        expect(to).toBe(store.objects.size - (keys.every((key) => store.objects.has(key)) ? 1 : 0));
      }),
      RUNS,
    );
  });
});
