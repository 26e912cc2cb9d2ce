import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Progress } from '../../../../lambda/archive/chain/report';
import { verifyDatabase } from '../../../../lambda/archive/chain/verify';
import { verifyChain } from '../../../../lambda/archive/chain/verify-chain';
import { chainPrefix, segmentKey } from '../../../../lambda/archive/contract';
import type { SealedSegment } from '../../../../lambda/archive/format/seal';
import { StoreFailed } from '../../../../lambda/archive/store';
import { CHAIN, writeChain } from '../support/chain';
import { flipped, type MemoryStore, memoryStore } from '../support/memory-store';
import { arbitraryTransactionsOf, changesOf } from '../support/transactions';

const [transactions = []] = fc.sample(
  arbitraryTransactionsOf({ transactionsMin: 6, transactionsMax: 6, changesMin: 3, changesMax: 9 }),
  { numRuns: 1, seed: 21 },
);
const key = (sequence: number): string => segmentKey(CHAIN, sequence);
const NEAR = 'near';
const FAR = 'far';

let near: MemoryStore;
let far: MemoryStore;
let written: readonly SealedSegment[];
beforeEach(async () => {
  near = memoryStore(NEAR);
  far = memoryStore(FAR);
  written = await writeChain(near, CHAIN, transactions, { transactions: 1, changes: 4 });
  for (const [name, bytes] of near.objects) far.objects.set(name, bytes);
});

/** Damages an object in one store. */
function flip(store: MemoryStore, sequence: number): void {
  const bytes = store.objects.get(key(sequence)) ?? new Uint8Array();
  store.objects.set(key(sequence), flipped(bytes, bytes.length - 40));
}
const kinds = (findings: readonly { key: string; store: string; kind: string }[]) =>
  findings.map((one) => [one.kind, one.store, one.key]);

describe('a verification', () => {
  it('of an intact chain counts what is in it, and tells how far it is', async () => {
    const heard: Progress[] = [];
    const progress = (one: Progress) => void heard.push(one);
    const report = await verifyChain({ near, far }, CHAIN, { progress });
    const [first, last] = [transactions[0], transactions.at(-1)];
    expect(report).toMatchObject({
      segments: written.length,
      transactions: transactions.length,
      changes: transactions.flatMap(changesOf).length,
      storedBytes: written.reduce((sum, { bytes }) => sum + bytes.length, 0),
      from: 0,
      to: written.length - 1,
      first: { commitTimeUs: String(first?.commitTimeUs) },
      last: { commitTimeUs: String(last?.commitTimeUs) },
      genesis: { why: 'first' },
      open: null,
      findings: [],
    });
    expect(heard.map(({ sequence }) => sequence)).toEqual(written.map(({ header }) => header.sequence));
  });

  it('names the store in which an object is damaged, and goes on with the other copy', async () => {
    flip(near, 2);
    flip(far, 4);
    const report = await verifyChain({ near, far }, CHAIN);
    expect(report.segments).toBe(written.length);
    expect(kinds(report.findings)).toEqual([
      ['corrupt', NEAR, key(2)],
      ['corrupt', FAR, key(4)],
    ]);
  });

  it('names both if both are damaged, and still checks what comes behind', async () => {
    for (const store of [near, far]) {
      flip(store, 2);
      flip(store, 5);
    }
    const { findings, segments } = await verifyChain({ near, far }, CHAIN);
    expect(segments).toBe(written.length - 2);
    expect(kinds(findings)).toEqual([
      ['corrupt', NEAR, key(2)],
      ['corrupt', FAR, key(2)],
      ['corrupt', NEAR, key(5)],
      ['corrupt', FAR, key(5)],
    ]);
  });

  it('names what one of the stores lacks, and what both lack', async () => {
    near.objects.delete(key(1));
    far.objects.delete(key(2));
    for (const store of [near, far]) for (const at of [4, 5]) store.objects.delete(key(at));
    const { findings } = await verifyChain({ near, far }, CHAIN);
    expect(kinds(findings)).toEqual([
      ['missing', NEAR, key(1)],
      ['missing', FAR, key(2)],
      ['missing', NEAR, key(4)],
    ]);
    expect(findings[2]?.sentence).toContain(`all up to ${key(5)} are missing`);
  });

  it('names objects that are intact and not the same', async () => {
    const others = await writeChain(memoryStore(), CHAIN, transactions, { fingerprint: 'x', changes: 4 });
    far.objects.set(key(1), others[1]?.bytes ?? new Uint8Array());
    const { findings } = await verifyChain({ near, far }, CHAIN);
    expect(kinds(findings)).toEqual([['differs', FAR, key(1)]]);
  });

  it('names what does not belong to a chain', async () => {
    const stray = `${chainPrefix(CHAIN)}note.txt`;
    far.objects.set(stray, new Uint8Array());
    const { findings } = await verifyChain({ near, far }, CHAIN);
    expect(kinds(findings)).toEqual([['unknown', FAR, stray]]);
  });

  it.each(['list', 'get'] as const)(
    'goes on without a far store that fails at a %s, and says so once',
    async (operation) => {
      far.fault({ operation, trouble: { kind: 'fails' } });
      const { findings, segments } = await verifyChain({ near, far }, CHAIN);
      expect(segments).toBe(written.length);
      expect(findings).toMatchObject([{ kind: 'unread', store: FAR }]);
    },
  );

  it('without the near store says nothing', async () => {
    near.fault({ operation: 'get', key: key(3), trouble: { kind: 'fails' } });
    await expect(verifyChain({ near, far }, CHAIN)).rejects.toThrow(StoreFailed);
  });

  it('takes a beginning that is gone for a loss, unless it is so old that it may have expired', async () => {
    for (const store of [near, far]) for (const at of [0, 1, 2]) store.objects.delete(key(at));
    near.objects.delete(key(3));
    const { findings } = await verifyChain({ near, far }, CHAIN);
    expect(kinds(findings)).toEqual([
      ['missing', NEAR, key(0)],
      ['missing', NEAR, key(3)],
    ]);
    const expiredBeforeUs = transactions.at(-1)?.commitTimeUs ?? 0n;
    await expect(verifyChain({ near, far }, CHAIN, { expiredBeforeUs })).resolves.toMatchObject({
      findings: [],
    });
  });

  it('tells a transaction that is not whole at the end', async () => {
    const cut = written.findLast(({ header }) => header.continued);
    for (const { key: name, header } of written) {
      if (header.sequence > (cut?.header.sequence ?? 0)) near.objects.delete(name);
    }
    await expect(verifyChain({ near }, CHAIN)).resolves.toMatchObject({ open: cut?.header.continued });
  });
});

describe('a verification of a database', () => {
  const later = { ...CHAIN, epoch: 4 };
  const follow = async (sequence: number): Promise<void> => {
    const follows = { chain: CHAIN, sequence, last: null };
    const genesis = { why: 'gap', follows, gap: 'The slot was lost.' } as const;
    for (const store of [near, far]) await writeChain(store, later, transactions, { genesis });
  };

  it('covers all chains in their order, and tells the gaps between them', async () => {
    await follow(written.length - 1);
    const report = await verifyDatabase({ near, far }, CHAIN);
    expect(report.chains.map(({ chain }) => chain)).toEqual([CHAIN, later]);
    expect(report.intact).toBe(true);
    expect(report.gaps).toMatchObject([{ chain: later, why: 'gap' }]);
    expect(report.gaps[0]?.sentence).toContain('begins after a gap: The slot was lost.');
  });

  it('finds that the end of an older chain is gone', async () => {
    await follow(written.length - 1);
    for (const store of [near, far]) store.objects.delete(key(written.length - 1));
    const report = await verifyDatabase({ near, far }, CHAIN);
    expect(report.intact).toBe(false);
    expect(kinds(report.chains[0]?.findings ?? [])).toEqual([['missing', NEAR, key(written.length - 1)]]);
  });

  it('finds a chain that only the far store has', async () => {
    await follow(0);
    for (const name of near.objects.keys())
      if (name.startsWith(chainPrefix(later))) near.objects.delete(name);
    const report = await verifyDatabase({ near, far }, CHAIN);
    expect(report.chains[1]?.findings.every(({ kind, store }) => kind === 'missing' && store === NEAR)).toBe(
      true,
    );
    expect(report.chains[1]?.findings.length).toBeGreaterThan(0);
  });

  it('since a time reads what ends from then on, and not the damage before', async () => {
    flip(near, 1);
    const sinceUs = transactions.at(-1)?.commitTimeUs ?? 0n;
    const report = await verifyDatabase({ near }, CHAIN, { sinceUs });
    expect(report.intact).toBe(true);
    expect(report.chains[0]?.from).toBeGreaterThan(1);
    expect(report.chains[0]?.last?.commitTimeUs).toBe(String(sinceUs));
  });
});
