import { describe, expect, it } from '@jest/globals';
import { listArchive, renderChains } from '../../../bin/recover/archive/list';
import {
  renderSegment,
  renderTransactions,
  showSegment,
  showTransaction,
} from '../../../bin/recover/archive/show';
import { verifyArchive } from '../../../bin/recover/archive/verify';
import { segmentKey } from '../../../lambda/archive/contract';
import type { Message, Relation } from '../../../lambda/archive/pgoutput/message';
import { CHAIN, writeChain } from '../../lambda/archive/support/chain';
import { flipped, type MemoryStore, memoryStore } from '../../lambda/archive/support/memory-store';
import type { TestTransaction } from '../../lambda/archive/support/transactions';

const ORDERS: Relation = {
  kind: 'relation',
  id: 9,
  schema: 'public',
  name: 'orders',
  identity: 'd',
  columns: [
    { name: 'id', key: true, type: 23, modifier: -1 },
    { name: 'secret', key: false, type: 25, modifier: -1 },
  ],
};
const ddl: Message = {
  kind: 'message',
  transactional: true,
  lsn: 1n,
  prefix: 'holdfast.ddl',
  content: Buffer.from(
    JSON.stringify({
      tag: 'ALTER TABLE',
      query: 'ALTER TABLE orders ADD x int DEFAULT 42',
      statement: null,
      objects: [{ type: 'table', identity: 'public.orders' }],
    }),
  ),
};
const transaction = (n: number, body: readonly Message[]): TestTransaction => ({
  xid: 700 + n,
  commitLsn: BigInt(n * 100),
  endLsn: BigInt(n * 100 + 8),
  commitTimeUs: 1_767_225_600_000_000n + BigInt(n),
  body,
});

async function archive(): Promise<MemoryStore> {
  const store = memoryStore('near');
  await writeChain(
    store,
    CHAIN,
    [
      transaction(1, [ORDERS, { kind: 'insert', relation: 9, row: ['1', 'hush'] }]),
      transaction(2, [ddl]),
      transaction(3, [{ kind: 'delete', relation: 9, old: { whole: false, row: ['1', null] } }]),
    ],
    { transactions: 1 },
  );
  return store;
}

describe('archive ls', () => {
  it('tells each chain by its ends', async () => {
    const chains = await listArchive(await archive());
    expect(chains).toMatchObject([{ segments: 3, first: { endLsn: '0/6C' }, last: { endLsn: '0/134' } }]);
    expect(renderChains(chains)).toContain('first     2026-01-01T00:00:00.000001Z (0/6C)');
    expect(renderChains(await listArchive(memoryStore()))).toBe('There is no archive.\n');
  });
});

describe('archive show', () => {
  it('shows a segment by its key', async () => {
    const store = await archive();
    const segment = await showSegment(store, segmentKey(CHAIN, 1));
    expect(segment && renderSegment(segment)).toContain('xid 701  1 changes');
    expect(await showSegment(store, 'elsewhere')).toBeUndefined();
  });

  it('shows the rows of a transaction, and the values of their columns only to who asks for them', async () => {
    const store = await archive();
    const hidden = renderTransactions(await showTransaction(store, 701, false));
    expect(hidden).toContain('insert public.orders new id, secret');
    expect(hidden).not.toContain('hush');
    expect(renderTransactions(await showTransaction(store, 701, true))).toContain('"secret":"hush"');
    expect(renderTransactions(await showTransaction(store, 703, true))).toContain(
      'delete public.orders old {"id":"1"}',
    );
    expect(await showTransaction(store, 999, false)).toEqual([]);
  });

  it('hides what a command says too, which may hold values', async () => {
    const store = await archive();
    const hidden = renderTransactions(await showTransaction(store, 702, false));
    expect(hidden).toContain('ALTER TABLE public.orders');
    expect(hidden).not.toContain('42');
    expect(renderTransactions(await showTransaction(store, 702, true))).toContain('DEFAULT 42');
  });
});

describe('archive verify', () => {
  const verify = (near: MemoryStore, far: MemoryStore, since?: string) =>
    verifyArchive({ near, far }, since, () => undefined);

  it('says that everything is as it was written', async () => {
    const [near, far] = [await archive(), await archive()];
    expect(await verify(near, far)).toMatchObject({
      outcome: 'done',
      sentences: expect.arrayContaining([
        'Everything is as it was written.',
        expect.stringContaining('4 segments, 3 transactions'),
      ]),
    });
  });

  it('names the object that is damaged, and the one that is missing', async () => {
    const [near, far] = [await archive(), await archive()];
    const [flippedKey, missing] = [segmentKey(CHAIN, 2), segmentKey(CHAIN, 1)];
    near.objects.set(flippedKey, flipped(near.objects.get(flippedKey) ?? new Uint8Array(), 90));
    far.objects.delete(missing);
    const { outcome, sentences } = await verify(near, far);
    expect(outcome).toBe('failed');
    for (const key of [flippedKey, missing]) expect(sentences.join(' ')).toContain(key);
  });

  it('fails where there is no archive, and refuses what is no time', async () => {
    expect(await verify(memoryStore(), memoryStore())).toMatchObject({ outcome: 'failed' });
    expect(await verify(await archive(), await archive(), 'yesterday')).toMatchObject({ outcome: 'refused' });
  });
});
