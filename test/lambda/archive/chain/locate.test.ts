import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOf, locate } from '../../../../lambda/archive/chain/locate';
import { readSegments } from '../../../../lambda/archive/chain/read';
import { segmentKey } from '../../../../lambda/archive/contract';
import { lsnText } from '../../../../lambda/archive/format/positions';
import { lsnBytes } from '../../../../lambda/runtime/lsn';
import { CHAIN, writeChain } from '../support/chain';
import { memoryStore } from '../support/memory-store';
import { arbitraryCutting, expected, readAll } from '../support/reading';
import { arbitraryTransactionsOf } from '../support/transactions';

const some = arbitraryTransactionsOf({ transactionsMax: 6, changesMax: 25 });

describe('a place in a chain', () => {
  it('is one from which every transaction behind a position is read whole', async () => {
    await fc.assert(
      fc.asyncProperty(some, arbitraryCutting, fc.nat({ max: 6 }), async (transactions, cutting, after) => {
        const store = memoryStore();
        const written = await writeChain(store, CHAIN, transactions, cutting);
        const lsn = transactions[after - 1]?.endLsn ?? 0n;
        const from = await locate(store, CHAIN, ({ endLsn }) => lsnBytes(endLsn) > lsn);
        const { given, error } = await readAll(readSegments(store, CHAIN, { from }));
        expect(error).toBeUndefined();
        const asked = transactions.filter(({ endLsn }) => endLsn > lsn).map(expected);
        expect(given.slice(given.length - asked.length)).toEqual(asked);
        if (asked.length === 0) expect(from).toBe(written.length);
      }),
      { numRuns: 60 },
    );
  });

  it('is found in a chain whose oldest segments have expired', async () => {
    const [transactions = []] = fc.sample(
      arbitraryTransactionsOf({ transactionsMin: 8, transactionsMax: 8 }),
      { numRuns: 1, seed: 5 },
    );
    const store = memoryStore();
    await writeChain(store, CHAIN, transactions, { transactions: 1 });
    for (const sequence of [0, 1, 2]) store.objects.delete(segmentKey(CHAIN, sequence));
    const lsn = transactions[4]?.endLsn ?? 0n;
    await expect(locate(store, CHAIN, ({ endLsn }) => lsnBytes(endLsn) > lsn)).resolves.toBe(6);
    await expect(locate(store, CHAIN, () => true)).resolves.toBe(3);
  });
});

describe('the end of a chain', () => {
  it('is that of its last whole transaction, with the cut of what follows it, whatever the last parts are', async () => {
    await fc.assert(
      fc.asyncProperty(some, arbitraryCutting, fc.nat({ max: 40 }), async (transactions, cutting, lost) => {
        const store = memoryStore();
        const written = await writeChain(store, CHAIN, transactions, cutting);
        const kept = written.slice(0, Math.max(1, written.length - lost));
        for (const { key } of written.slice(kept.length)) store.objects.delete(key);
        const whole = kept.findLast(({ header }) => header.last)?.header.last ?? null;
        await expect(endOf(store, CHAIN)).resolves.toMatchObject({
          segment: { header: { sequence: kept.length - 1 } },
          last: whole,
          endLsn: lsnBytes(whole?.endLsn ?? '0/0'),
          open: kept.at(-1)?.header.continued ?? null,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is found with few reads behind many parts of one transaction', async () => {
    const [transactions = []] = fc.sample(
      arbitraryTransactionsOf({ transactionsMin: 2, transactionsMax: 2, changesMin: 120, changesMax: 120 }),
      { numRuns: 1, seed: 2 },
    );
    const store = memoryStore();
    const written = await writeChain(store, CHAIN, transactions, { changes: 1, transactions: 1 });
    store.objects.delete(written.at(-1)?.key ?? '');
    const before = store.asked.length;
    const found = await endOf(store, CHAIN);
    expect(found?.last?.endLsn).toBe(lsnText(transactions[0]?.endLsn ?? 0n));
    expect(found?.open?.changes).toBe(119);
    expect(store.asked.length - before).toBeLessThan(25);
  });

  it('is where the chain begins, if it has no transaction, and absent if there is no chain', async () => {
    const store = memoryStore();
    await expect(endOf(store, CHAIN)).resolves.toBeUndefined();
    await writeChain(store, CHAIN, [], { genesis: { startLsn: '1/20' } });
    await expect(endOf(store, CHAIN)).resolves.toMatchObject({
      last: null,
      endLsn: 0x1_0000_0020n,
      open: null,
    });
  });
});
