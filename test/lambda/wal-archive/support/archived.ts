import { chainsOf } from '../../../../lambda/archive/chain/chains';
import { readSegments } from '../../../../lambda/archive/chain/read';
import type { ChainId } from '../../../../lambda/archive/contract';
import { messagesIn } from '../../../../lambda/archive/format/frames';
import type { IndexEntry, Segment } from '../../../../lambda/archive/format/segment';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import type { Message } from '../../../../lambda/archive/pgoutput/message';
import type { ObjectStore } from '../../../../lambda/archive/store';

/** A chain as it is stored, every segment verified and linked. */
export interface Archived {
  readonly chain: ChainId;
  readonly segments: readonly Segment[];
  /** Of all segments, in order. */
  readonly index: readonly IndexEntry[];
}

/** @returns all chains of a database, oldest first. Throws if one is not intact. */
export async function archivedIn(
  store: ObjectStore,
  database: Pick<ChainId, 'system' | 'database'>,
): Promise<readonly Archived[]> {
  const found: Archived[] = [];
  for (const chain of await chainsOf(store, database)) {
    const segments: Segment[] = [];
    for await (const segment of readSegments(store, chain)) segments.push(segment);
    found.push({ chain, segments, index: segments.flatMap(({ index }) => index) });
  }
  return found;
}

/** @returns every message of a chain, decoded */
export const messagesOf = ({ segments }: Archived): Message[] =>
  segments.flatMap(({ frames }) => [...messagesIn(frames)].map((message) => decode(message)));
