import { lsnBytes } from '../../runtime/lsn';
import { type ChainId, chainPrefix, segmentKey } from '../contract';
import { MissingSegment } from '../damage';
import type { Continuation, Position, Segment, SegmentHeader } from '../format/segment';
import type { ObjectStore } from '../store';
import { firstSegment } from './chains';
import { head } from './head';
import { requireHeader, requireSegment } from './read';

/** Finding a place in a chain without reading all of it, by the headers of verified objects. */

/** The end of a chain, from which a writer goes on. */
export interface ChainEnd {
  /** The last segment. */
  readonly segment: Segment;
  /** The last whole transaction of the chain; null if it has none yet. */
  readonly last: Position | null;
  /** Where that one ends, or where the chain begins, in bytes of the log: everything up to there is archived. */
  readonly endLsn: bigint;
  /** A transaction of which parts are archived, behind the last whole one: where it was cut last. */
  readonly open: Continuation | null;
}

/**
 * @returns undefined if the chain has no segment
 * @throws {DamagedArchive} if what it has to look at is damaged
 * @throws {StoreFailed}
 */
export async function endOf(store: ObjectStore, chain: ChainId): Promise<ChainEnd | undefined> {
  const sequence = await head(store, chain);
  if (sequence === undefined) return undefined;
  const segment = await requireSegment(store, chain, sequence);
  const { last, genesis } = await lastWhole(store, chain, segment.header);
  const endLsn = lsnBytes(last?.endLsn ?? genesis?.startLsn ?? '0/0');
  return { segment, last, endLsn, open: segment.header.continued };
}

/**
 * @returns the last whole transaction of the chain; null if it has none
 * @throws {DamagedArchive} if what it has to look at is damaged
 * @throws {StoreFailed}
 */
export async function lastOf(store: ObjectStore, chain: ChainId): Promise<Position | null> {
  const sequence = await head(store, chain);
  if (sequence === undefined) return null;
  return (await lastWhole(store, chain, await requireHeader(store, chain, sequence))).last;
}

/**
 * Finds where to begin reading.
 * @param isBehind whether a transaction that ends there is asked for. If one is, those after it must be too.
 * @returns the number of the segment from which on `readSegments` gives every such transaction whole; one more than the
 * head if there is none
 * @throws {DamagedArchive} if what it has to look at is damaged
 * @throws {StoreFailed}
 */
export async function locate(
  store: ObjectStore,
  chain: ChainId,
  isBehind: (end: Position) => boolean,
): Promise<number> {
  const first = (await firstSegment(store, chainPrefix(chain)))?.sequence ?? 0;
  const end = ((await head(store, chain, { from: first })) ?? first - 1) + 1;
  let low = first;
  let high = end;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const { last, sequence } = await lastWhole(store, chain, await requireHeader(store, chain, middle));
    if (last && isBehind(last)) high = sequence;
    else low = middle + 1;
  }
  return low === end ? end : beginning(store, chain, low);
}

/** @returns the last segment up to this one that does not go on with a transaction of the one before */
async function beginning(store: ObjectStore, chain: ChainId, sequence: number): Promise<number> {
  let at = await requireHeader(store, chain, sequence);
  while (at.continues) {
    const before = await requireHeader(store, chain, at.sequence - 1);
    const whole = await lastWhole(store, chain, before);
    // The transaction begins behind the last one that ends there, which may itself have begun before.
    if (!whole.continued) return whole.sequence + 1;
    at = whole;
  }
  return at.sequence;
}

/**
 * A huge transaction has many parts in which none ends: they are passed over in leaps.
 * @returns that of the last segment up to this one in which a transaction ends, or of the genesis
 */
async function lastWhole(store: ObjectStore, chain: ChainId, header: SegmentHeader): Promise<SegmentHeader> {
  const cut = header.continued;
  const isPart = ({ sequence, last, continued }: SegmentHeader): boolean =>
    sequence > 0 && last === null && continued?.commitLsn === cut?.commitLsn;
  if (!cut || !isPart(header)) return header;
  // Old segments expire, so that a chain need not begin with its genesis.
  const floor = (await firstSegment(store, chainPrefix(chain)))?.sequence ?? 0;
  let part = header.sequence;
  let whole: SegmentHeader | undefined;
  for (let leap = 1; whole === undefined || part - whole.sequence > 1; leap *= 2) {
    if (part === floor) throw new MissingSegment(segmentKey(chain, floor - 1));
    const low: number = whole?.sequence ?? floor;
    const probe: number = whole ? low + Math.floor((part - low) / 2) : Math.max(floor, part - leap);
    const found = await requireHeader(store, chain, probe);
    if (isPart(found)) part = probe;
    else whole = found;
  }
  return whole;
}
