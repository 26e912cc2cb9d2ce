import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CorruptSegment } from '../../../../lambda/archive/damage';
import { openHeader, openIndex, openSegment } from '../../../../lambda/archive/format/open';
import type { SealedSegment } from '../../../../lambda/archive/format/seal';
import { CHAIN, writeChain } from '../support/chain';
import { flipped, inserted, memoryStore, removed, truncated } from '../support/memory-store';
import { arbitraryTransactionsOf } from '../support/transactions';

let chain: readonly SealedSegment[];
beforeAll(async () => {
  const sizes = { transactionsMin: 3, transactionsMax: 3, changesMax: 3 };
  const [transactions = []] = fc.sample(arbitraryTransactionsOf(sizes), { numRuns: 1, seed: 7 });
  chain = await writeChain(memoryStore(), CHAIN, transactions, { transactions: 2, changes: 2 });
});

/** @returns what is said of an object; undefined if nothing is found wrong */
async function damageOf(key: string, bytes: Uint8Array): Promise<CorruptSegment | undefined> {
  try {
    await openSegment(key, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof CorruptSegment && error.key === key) return error;
    throw error;
  }
}

/** Whether whoever reads only a part of the object finds the damage too, wherever it is. */
async function isFoundInParts(key: string, bytes: Uint8Array): Promise<boolean> {
  const parts = await Promise.allSettled([openHeader(key, bytes), openIndex(key, bytes)]);
  return parts.every((one) => one.status === 'rejected' && one.reason instanceof CorruptSegment);
}

/** Damages every byte of every object in turn. @returns where nothing was found */
async function unnoticed(damage: (bytes: Uint8Array, offset: number) => Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for (const { key, bytes } of chain) {
    for (let offset = 0; offset < bytes.length; offset += 1) {
      const damaged = damage(bytes, offset);
      const isFound = (await damageOf(key, damaged)) && (await isFoundInParts(key, damaged));
      if (!isFound) found.push(`${key} at ${offset}`);
    }
  }
  return found;
}

describe('a damaged object', () => {
  it('has a chain with parts of a transaction to be tried on', () => {
    expect(chain.length).toBeGreaterThan(3);
    expect(chain.some(({ header }) => header.continues)).toBe(true);
  });

  it('is found at any flipped bit, wherever it is', async () => {
    await expect(unnoticed((bytes, offset) => flipped(bytes, offset, 1 << (offset % 8)))).resolves.toEqual(
      [],
    );
  });

  it('is found at any byte that is another', async () => {
    await expect(unnoticed((bytes, offset) => flipped(bytes, offset, 0xff))).resolves.toEqual([]);
  });

  it('is found at any byte that is gone', async () => {
    await expect(unnoticed(removed)).resolves.toEqual([]);
  });

  it('is found at any byte too many, also at its end', async () => {
    await expect(unnoticed(inserted)).resolves.toEqual([]);
    for (const { key, bytes } of chain) {
      expect(await damageOf(key, inserted(bytes, bytes.length))).toBeInstanceOf(CorruptSegment);
    }
  });

  it('is found wherever it was cut off, even to nothing', async () => {
    await expect(unnoticed((bytes, offset) => truncated(bytes, bytes.length - offset))).resolves.toEqual([]);
  });

  it('is told with the byte, where the magic, a length or one of the hashes is damaged', async () => {
    const { key, bytes } = chain[1] ?? { key: '', bytes: new Uint8Array() };
    const at = async (offset: number) => (await damageOf(key, flipped(bytes, offset)))?.offset;
    await expect(at(3)).resolves.toBe(3);
    await expect(at(8)).resolves.toBe(8);
    await expect(at(bytes.length - 64)).resolves.toBe(bytes.length - 64);
    await expect(at(bytes.length - 10)).resolves.toBe(bytes.length - 10);
  });

  it('is told with its section, where the frames do not decompress any more', async () => {
    const { key, bytes } = chain[1] ?? { key: '', bytes: new Uint8Array() };
    const header = Buffer.from(bytes).readUInt32BE(8);
    const frames = 12 + header + 4;
    const found = await damageOf(key, flipped(bytes, frames + 30));
    expect(found).toMatchObject({ offset: frames });
    expect(found?.message).toContain('its frames cannot be decompressed');
  });

  it('is found under the key of another', async () => {
    const [first, second] = [chain[1], chain[2]];
    const found = await damageOf(first?.key ?? '', second?.bytes ?? new Uint8Array());
    expect(found?.what).toContain(`it is the segment ${second?.key}`);
  });
});
