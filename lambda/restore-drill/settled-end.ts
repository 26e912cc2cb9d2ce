import { firstSegment } from '../archive/chain/chains';
import { locate } from '../archive/chain/locate';
import type { Stores } from '../archive/chain/merge';
import { type ChainId, chainPrefix } from '../archive/contract';
import { DamagedArchive } from '../archive/damage';
import { type ObjectStore, StoreFailed } from '../archive/store';

/** What the archiver may still be putting into the other region is no finding. */
const SETTLED_MS = 86_400_000;
/** Before the first segment. */
const NONE = -1;

/**
 * @returns the last segment before the first one that is too young, of the store that has more: the other one may have lost
 * its end; undefined if damage hides it
 */
export async function settledEnd(
  { near, far }: Stores,
  chain: ChainId,
  nowMs: number,
): Promise<number | undefined> {
  const settledMs = nowMs - SETTLED_MS;
  const inNear = await settledEndIn(near, chain, settledMs);
  const inFar = far && (await settledEndIn(far, chain, settledMs).catch(unlessSilent));
  const ends = far ? [inNear, inFar] : [inNear];
  return ends.every((end) => end !== undefined) ? Math.max(...ends) : undefined;
}

/** That the other region does not answer is told by who reads the chain. */
function unlessSilent(error: unknown): number {
  if (error instanceof StoreFailed) return NONE;
  throw error;
}

async function settledEndIn(
  store: ObjectStore,
  chain: ChainId,
  settledMs: number,
): Promise<number | undefined> {
  const first = await firstSegment(store, chainPrefix(chain));
  if (!first) return NONE;
  const settledUs = BigInt(settledMs) * 1000n;
  try {
    const young = await locate(store, chain, ({ commitTimeUs }) => BigInt(commitTimeUs) >= settledUs);
    // The genesis alone does not tell how old it is.
    return young - 1 > first.sequence ? young - 1 : NONE;
  } catch (error) {
    if (error instanceof DamagedArchive) return undefined;
    throw error;
  }
}
