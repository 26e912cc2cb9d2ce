import { type ChainId, chainPrefix, segmentKey } from '../contract';
import { MissingSegment } from '../damage';
import type { ObjectStore } from '../store';
import { parseSegmentKey } from './keys';

/**
 * Where a chain ends. A chain may have millions of segments, and its head is looked for every minute: keys sort by their
 * number, so that a search in leaps finds the last with a handful of listings.
 */

/** Keys that are taken from one listing: as many as S3 gives at once. */
const PAGE = 1_000;

export interface Known {
  /** A segment that is known to exist, or from which on somebody asks: saves listings. Default: the genesis. */
  readonly from?: number;
}

/**
 * @returns the number of the last segment; undefined if there is none from `from` on
 * @throws {MissingSegment} if there is a hole in what was listed: all of a chain of up to a thousand segments, some of a
 * longer one. `verifyChain` looks at all.
 * @throws {StoreFailed}
 */
export async function head(
  store: ObjectStore,
  chain: ChainId,
  { from = 0 }: Known = {},
): Promise<number | undefined> {
  const start = await page(store, chain, from - 1);
  let { last, complete } = start;
  let step = PAGE;
  // There is a segment `last`, and none behind `high`.
  let high = Number.POSITIVE_INFINITY;
  while (last !== undefined && !complete && last < high) {
    const probe = Math.min(last + step, middle(last, high));
    const found: Page = await page(store, chain, probe);
    if (found.first === undefined || found.last === undefined) {
      high = probe;
    } else {
      if (found.first !== probe + 1) throw new MissingSegment(segmentKey(chain, probe + 1));
      ({ last, complete } = found);
      step *= 2;
    }
  }
  return last;
}

/** @returns where to look between a segment that exists and one behind which there is none */
const middle = (low: number, high: number): number =>
  high - low <= PAGE ? low : low + Math.floor((high - low) / 2);

interface Page {
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Whether there is nothing behind it. */
  readonly complete: boolean;
}

/** Lists up to a page of segments behind `after`, which must be without a hole. */
async function page(store: ObjectStore, chain: ChainId, after: number): Promise<Page> {
  const behind = after < 0 ? undefined : segmentKey(chain, after);
  let first: number | undefined;
  let last: number | undefined;
  let count = 0;
  for await (const key of store.list(chainPrefix(chain), behind)) {
    const sequence = parseSegmentKey(key)?.sequence;
    if (sequence === undefined) continue;
    if (last !== undefined && sequence !== last + 1) throw new MissingSegment(segmentKey(chain, last + 1));
    first ??= sequence;
    last = sequence;
    count += 1;
    if (count === PAGE) return { first, last, complete: false };
  }
  return { first, last, complete: true };
}
