import { chainsOf } from '../chain/chains';
import type { DatabaseId } from '../chain/keys';
import { endOf, locate } from '../chain/locate';
import { readSegment } from '../chain/read';
import type { ChainId } from '../contract';
import type { Segment } from '../format/segment';
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
  const [genesis, first, end] = [
    await readSegment(store, chain, 0),
    await firstWithTransactions(store, chain),
    await endOf(store, chain),
  ];
  return {
    chain,
    genesis: genesis?.header.genesis ?? null,
    first: first?.header.first ?? null,
    head: end?.last ?? null,
  };
}

/** @returns the oldest segment in which a transaction ends; undefined if there is none */
export async function firstWithTransactions(
  store: ObjectStore,
  chain: ChainId,
): Promise<Segment | undefined> {
  for (let sequence = await locate(store, chain, () => true); ; sequence += 1) {
    const segment = await readSegment(store, chain, sequence);
    if (!segment || segment.header.first) return segment;
  }
}
