import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copyMissing } from '../../../../lambda/archive/chain/copy';
import { chainPrefix, segmentKey } from '../../../../lambda/archive/contract';
import { StoreFailed } from '../../../../lambda/archive/store';
import { CHAIN, writeChain } from '../support/chain';
import { flipped, type MemoryStore, memoryStore } from '../support/memory-store';
import { arbitraryTransactionsOf } from '../support/transactions';

const [transactions = []] = fc.sample(arbitraryTransactionsOf({ transactionsMin: 6, transactionsMax: 6 }), {
  numRuns: 1,
  seed: 4,
});
const key = (sequence: number): string => segmentKey(CHAIN, sequence);
const PREFIX = chainPrefix(CHAIN);

let near: MemoryStore;
let far: MemoryStore;
beforeEach(async () => {
  near = memoryStore('near');
  far = memoryStore('far');
  await writeChain(near, CHAIN, transactions, { transactions: 1 });
});
const puts = (): number => far.asked.filter((one) => one.startsWith('put')).length;

describe('copying what is missing', () => {
  it('makes both stores the same, byte for byte, and has nothing to do a second time', async () => {
    far.objects.set(key(3), near.objects.get(key(3)) ?? new Uint8Array());
    const { objects, upTo, complete, findings } = await copyMissing(near, far, PREFIX);
    expect({ objects, upTo, complete, findings }).toEqual({
      objects: 6,
      upTo: key(6),
      complete: true,
      findings: [],
    });
    expect([...far.objects].sort()).toEqual([...near.objects].sort());
    await expect(copyMissing(near, far, PREFIX)).resolves.toMatchObject({
      objects: 0,
      bytes: 0,
      upTo: key(6),
    });
    expect(puts()).toBe(6);
  });

  it('goes on behind a key that is known to be in both', async () => {
    await expect(copyMissing(near, far, PREFIX, { after: key(4) })).resolves.toMatchObject({ objects: 2 });
    expect([...far.objects.keys()].sort()).toEqual([key(5), key(6)]);
  });

  it('does not spread a damaged segment, and says which it is', async () => {
    const bytes = near.objects.get(key(2)) ?? new Uint8Array();
    near.objects.set(key(2), flipped(bytes, 100));
    const copied = await copyMissing(near, far, PREFIX);
    expect(copied).toMatchObject({ objects: 6, upTo: key(1), findings: [{ key: key(2), kind: 'corrupt' }] });
    expect(far.objects.has(key(2))).toBe(false);
  });

  it('leaves an object as it is that somebody has put meanwhile, and tells one that is not the same', async () => {
    const same = near.objects.get(key(1)) ?? new Uint8Array();
    far.fault({ operation: 'put', key: key(1), trouble: { kind: 'overtaken', bytes: same } });
    far.fault({ operation: 'put', key: key(4), trouble: { kind: 'overtaken', bytes: Uint8Array.from([1]) } });
    const copied = await copyMissing(near, far, PREFIX);
    expect(copied.findings).toMatchObject([{ key: key(4), store: 'far', kind: 'differs' }]);
    expect(copied).toMatchObject({ objects: 5, upTo: key(3) });
  });

  it('tells an object that only the far store has', async () => {
    far.objects.set(key(9), Uint8Array.from([1]));
    const { findings } = await copyMissing(near, far, PREFIX);
    expect(findings).toMatchObject([{ key: key(9), store: 'near', kind: 'missing' }]);
  });

  it('that was ended keeps what it has, and the next one goes on', async () => {
    const stop = new AbortController();
    far.fault({
      operation: 'put',
      key: (name) => {
        if (name === key(2)) stop.abort();
        return false;
      },
      trouble: { kind: 'fails' },
    });
    const first = await copyMissing(near, far, PREFIX, { ahead: 1, signal: stop.signal });
    expect(first).toMatchObject({ complete: false, upTo: key(2) });
    const { upTo: after = '' } = first;
    await expect(copyMissing(near, far, PREFIX, { after })).resolves.toMatchObject({
      objects: 4,
      complete: true,
    });
  });

  it.each(['list', 'put'] as const)('fails with a far store that fails at a %s', async (operation) => {
    far.fault({ operation, trouble: { kind: 'fails' } });
    await expect(copyMissing(near, far, PREFIX)).rejects.toThrow(StoreFailed);
  });

  it('copies what is no segment as it is', async () => {
    near.objects.set('drills/1.json', Buffer.from('{}'));
    await expect(copyMissing(near, far, 'drills/')).resolves.toMatchObject({ objects: 1, findings: [] });
  });
});
