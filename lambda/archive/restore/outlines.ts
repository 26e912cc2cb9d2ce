import { chainsOf } from '../chain/chains';
import type { DatabaseId } from '../chain/keys';
import { lastOf, locate } from '../chain/locate';
import { readHeader } from '../chain/read';
import type { ChainId } from '../contract';
import type { SegmentHeader } from '../format/segment';
import type { ObjectStore } from '../store';
import type { ChainOutline } from './lineage';

/**
 * Reads what the chains of a database are: of each a few segments, however long it is.
 * @returns oldest first
 * @throws {DamagedArchive} if one of them is damaged
 * @throws {StoreFailed}
 */
export async function outlinesOf(store: ObjectStore, database: DatabaseId): Promise<readonly ChainOutline[]> {
  const outlines: ChainOutline[] = [];
  for (const chain of await chainsOf(store, database)) outlines.push(await outlineOf(store, chain));
  return outlines;
}

export async function outlineOf(store: ObjectStore, chain: ChainId): Promise<ChainOutline> {
  const [genesis, first, last] = [
    await readHeader(store, chain, 0),
    await firstWithTransactions(store, chain),
    await lastOf(store, chain),
  ];
  return {
    chain,
    genesis: genesis?.genesis ?? null,
    first: first?.first ?? null,
    head: last,
  };
}

/** @returns the header of the oldest segment in which a transaction ends; undefined if there is none */
export async function firstWithTransactions(
  store: ObjectStore,
  chain: ChainId,
): Promise<SegmentHeader | undefined> {
  for (let sequence = await locate(store, chain, () => true); ; sequence += 1) {
    const header = await readHeader(store, chain, sequence);
    if (!header || header.first) return header;
  }
}
