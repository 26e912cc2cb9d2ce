import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSegments } from '../../../../lambda/archive/chain/read';
import { type IncompleteTransaction, transactionsOf } from '../../../../lambda/archive/chain/transactions';
import { segmentKey } from '../../../../lambda/archive/contract';
import { BrokenChain } from '../../../../lambda/archive/damage';
import { messagesIn, u32At } from '../../../../lambda/archive/format/frames';
import { openSegment } from '../../../../lambda/archive/format/open';
import { compressBody, seal } from '../../../../lambda/archive/format/seal';
import { CHAIN, writeChain } from '../support/chain';
import { flipped, memoryStore } from '../support/memory-store';
import { arbitraryCutting, expected, readAll } from '../support/reading';
import { arbitraryTransactions, arbitraryTransactionsOf } from '../support/transactions';

const huge = arbitraryTransactionsOf({ transactionsMin: 1, transactionsMax: 4, changesMax: 30 });

describe('the transactions of a chain', () => {
  it('are those that were archived, in the order of their commits, however they were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(arbitraryTransactions, huge),
        arbitraryCutting,
        fc.integer({ min: 1, max: 5 }),
        async (transactions, cutting, ahead) => {
          const store = memoryStore();
          await writeChain(store, CHAIN, transactions, cutting);
          const { given, error } = await readAll(readSegments(store, CHAIN, { ahead }));
          expect(error).toBeUndefined();
          expect(given).toEqual(transactions.map(expected));
        },
      ),
    );
  });

  it('come with a description of every relation, even for whoever passes over some of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        huge,
        arbitraryCutting,
        fc.infiniteStream(fc.boolean()),
        async (transactions, cutting, passes) => {
          const store = memoryStore();
          await writeChain(store, CHAIN, transactions, cutting);
          for await (const transaction of transactionsOf(readSegments(store, CHAIN))) {
            if (passes.next().value) continue;
            const described = new Set(transaction.definitions().map((message) => u32At(message, 1)));
            for await (const block of transaction.blocks()) {
              for (const message of messagesIn(block)) {
                const kind = String.fromCharCode(message[0] ?? 0);
                if (kind === 'R') described.add(u32At(message, 1));
                if ('IUD'.includes(kind)) expect(described).toContain(u32At(message, 1));
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are described by the latest description only, in whatever order somebody asks', async () => {
    const [transactions = []] = fc.sample(
      arbitraryTransactionsOf({ transactionsMin: 12, transactionsMax: 12 }),
      { numRuns: 1, seed: 3 },
    );
    const store = memoryStore();
    await writeChain(store, CHAIN, transactions, { transactions: 12 });
    const all = [];
    for await (const one of transactionsOf(readSegments(store, CHAIN))) all.push(one);
    const inOrder = all.map((one) => one.definitions());
    const backwards = all.toReversed().map((one) => one.definitions());
    expect(backwards.toReversed()).toEqual(inOrder);
    expect(Math.max(...inOrder.map(({ length }) => length))).toBe(4);
  });
});

describe('a huge transaction', () => {
  const [transactions = []] = fc.sample(
    arbitraryTransactionsOf({ transactionsMin: 3, transactionsMax: 3, changesMin: 20, changesMax: 30 }),
    { numRuns: 1, seed: 11 },
  );

  it('says in which segments it is', async () => {
    const store = memoryStore();
    const written = await writeChain(store, CHAIN, transactions, { changes: 2 });
    const found = [];
    for await (const { segments } of transactionsOf(readSegments(store, CHAIN))) found.push(segments);
    expect(found).toHaveLength(3);
    expect(found[0]?.first).toBe(1);
    expect(found[2]?.last).toBe(written.length - 1);
    expect((found[0]?.last ?? 0) - (found[0]?.first ?? 0)).toBeGreaterThan(5);
  });

  it('whose last part is not there is told, and not given', async () => {
    const store = memoryStore();
    const written = await writeChain(store, CHAIN, transactions, { changes: 2 });
    const last = written.at(-1);
    store.objects.delete(last?.key ?? '');
    const found: IncompleteTransaction[] = [];
    const given: number[] = [];
    for await (const { xid } of transactionsOf(readSegments(store, CHAIN), {
      incomplete: (one) => found.push(one),
    })) {
      given.push(xid);
    }
    expect(given).toEqual(transactions.slice(0, 2).map(({ xid }) => xid));
    expect(found).toMatchObject([{ cut: last?.header.continues, segments: { last: written.length - 2 } }]);
  });

  it('gives not one of its changes if its last part does not fit to them', async () => {
    const store = memoryStore();
    const written = await writeChain(store, CHAIN, transactions, { changes: 2 });
    const { key = '', bytes = new Uint8Array() } = written.at(-1) ?? {};
    store.objects.set(key, flipped(bytes, bytes.length - 100));
    const { given, error } = await readAll(readSegments(store, CHAIN));
    expect(error).toMatchObject({ key });
    expect(given).toEqual(transactions.slice(0, 2).map(expected));
  });

  it('whose digest is not that of all its parts is not given, though each of them is intact', async () => {
    const store = memoryStore();
    const written = await writeChain(store, CHAIN, transactions, { changes: 2 });
    const { key = '', bytes = new Uint8Array() } = written.at(-1) ?? {};
    const { header, index, frames } = await openSegment(key, bytes);
    const wrong = index.map((entry) => ({ ...entry, digest: 'c'.repeat(64) }));
    store.objects.set(key, seal(header, await compressBody(frames, wrong, 'gzip')).bytes);
    const { given, error } = await readAll(readSegments(store, CHAIN));
    expect(error).toMatchObject({ key, what: expect.stringContaining('the digest of') });
    expect(given).toEqual(transactions.slice(0, 2).map(expected));
  });

  it('is not given on, if one of its parts is another when it is read again', async () => {
    const store = memoryStore();
    const other = memoryStore();
    const changed = transactions.map((one) => ({ ...one, commitTimeUs: one.commitTimeUs + 1n }));
    await writeChain(store, CHAIN, transactions, { changes: 2 });
    await writeChain(other, CHAIN, changed, { changes: 2 });
    const key = segmentKey(CHAIN, 3);
    const reading = async (): Promise<void> => {
      for await (const transaction of transactionsOf(readSegments(store, CHAIN))) {
        store.objects.set(key, other.objects.get(key) ?? new Uint8Array());
        for await (const _ of transaction.frames());
      }
    };
    await expect(reading()).rejects.toThrow('another one than when it was read before');
  });

  it('is not begun in its middle', async () => {
    const store = memoryStore();
    await writeChain(store, CHAIN, transactions, { changes: 2 });
    const { given, error } = await readAll(readSegments(store, CHAIN, { from: 3 }));
    expect(given).toEqual([]);
    expect(error).toBeInstanceOf(BrokenChain);
  });
});
