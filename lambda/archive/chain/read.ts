import { type ChainId, segmentKey } from '../contract';
import { BrokenChain, MissingSegment } from '../damage';
import { openHeader, openIndex, openSegment, unpackSegment } from '../format/open';
import type { IndexEntry, Segment, SegmentHeader } from '../format/segment';
import type { ObjectStore } from '../store';
import { head } from './head';
import { Link } from './link';
import { range, readAhead } from './read-ahead';

/** Segments in memory ahead of the reader, of up to 8 MiB each. */
export const AHEAD = 4;

/**
 * Reads one segment, verified on its own.
 * @returns undefined if there is none
 * @throws {CorruptSegment}
 * @throws {StoreFailed}
 */
export async function readSegment(
  store: ObjectStore,
  chain: ChainId,
  sequence: number,
): Promise<Segment | undefined> {
  const key = segmentKey(chain, sequence);
  const bytes = await store.get(key);
  return bytes && openSegment(key, bytes);
}

/**
 * As `readSegment`, of one that must exist.
 * @throws {MissingSegment}
 */
export async function requireSegment(store: ObjectStore, chain: ChainId, sequence: number): Promise<Segment> {
  const key = segmentKey(chain, sequence);
  return openSegment(key, await required(store, key));
}

/**
 * Reads the header of a segment. Its object is verified as a whole; what the header says of the contents is looked at by
 * whoever reads those.
 * @returns undefined if there is none
 * @throws {CorruptSegment} {StoreFailed}
 */
export async function readHeader(
  store: ObjectStore,
  chain: ChainId,
  sequence: number,
): Promise<SegmentHeader | undefined> {
  const key = segmentKey(chain, sequence);
  const bytes = await store.get(key);
  return bytes && openHeader(key, bytes);
}

/**
 * As `readHeader`, of one that must exist.
 * @throws {MissingSegment}
 */
export async function requireHeader(
  store: ObjectStore,
  chain: ChainId,
  sequence: number,
): Promise<SegmentHeader> {
  const key = segmentKey(chain, sequence);
  return openHeader(key, await required(store, key));
}

/**
 * As `requireHeader`, of the index: the transactions that end in the segment.
 * @throws {MissingSegment} {CorruptSegment} {StoreFailed} {CodecMissing}
 */
export async function requireIndex(
  store: ObjectStore,
  chain: ChainId,
  sequence: number,
): Promise<readonly IndexEntry[]> {
  const key = segmentKey(chain, sequence);
  return openIndex(key, await required(store, key));
}

async function required(store: ObjectStore, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  if (!bytes) throw new MissingSegment(key);
  return bytes;
}

export interface SegmentRange {
  /** The first segment. Default: the genesis. */
  readonly from?: number;
  /** The last one. Default: the head when the reading begins. */
  readonly to?: number;
  /** How many are read ahead. Default: 4. */
  readonly ahead?: number;
}

/** Segments of one chain, one after the other: each verified, and found to follow from the one before. */
export interface Segments extends AsyncIterable<Segment> {
  readonly chain: ChainId;
  /**
   * Reads segments a second time that have been given before.
   * @param hashes number -> chain hash that it had, in the order of the numbers
   * @throws {BrokenChain} if one has another hash now
   */
  again(hashes: ReadonlyMap<number, string>): AsyncIterable<Segment>;
}

/**
 * @returns the segments, which are read while they are asked for, a few ahead. A segment that is damaged or missing ends the
 * reading: the ones before it have been given, nothing of it or behind it is. If one does not follow from the one before,
 * either may be the wrong one, and neither is given.
 * Iterating throws {CorruptSegment}, {MissingSegment}, {BrokenChain}, {StoreFailed}, {CodecMissing}.
 */
export function readSegments(
  store: ObjectStore,
  chain: ChainId,
  { from = 0, to, ahead = AHEAD }: SegmentRange = {},
): Segments {
  const fetched = (sequences: Iterable<number>) =>
    readAhead(sequences, ahead, (sequence) => unpacked(store, chain, sequence));
  async function* linked(): AsyncGenerator<Segment, void> {
    const last = to ?? (await head(store, chain, { from })) ?? -1;
    yield* confirmed(fetched(range(from, last)));
  }
  async function* again(hashes: ReadonlyMap<number, string>): AsyncGenerator<Segment, void> {
    for await (const segment of fetched(hashes.keys())) {
      const { sequence } = segment.header;
      if (segment.chainHash !== hashes.get(sequence)) {
        throw new BrokenChain(segmentKey(chain, sequence), 'it is another one than when it was read before');
      }
      yield segment;
    }
  }
  return { chain, again, [Symbol.asyncIterator]: linked };
}

/** Links segments, and gives each as soon as the next one has named it: it is the one that the chain went on from. */
async function* confirmed(segments: AsyncIterable<Segment>): AsyncGenerator<Segment, void> {
  const link = new Link();
  let held: Segment | undefined;
  try {
    for await (const segment of segments) {
      link.take(segment);
      if (held) yield held;
      held = segment;
    }
  } catch (error) {
    if (held && !(error instanceof BrokenChain)) yield held;
    throw error;
  }
  if (held) yield held;
}

async function unpacked(store: ObjectStore, chain: ChainId, sequence: number): Promise<Segment> {
  const key = segmentKey(chain, sequence);
  return unpackSegment(key, await required(store, key));
}
