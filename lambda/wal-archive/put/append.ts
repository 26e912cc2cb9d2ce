import { openSegment } from '../../archive/format/open';
import type { SealedSegment } from '../../archive/format/seal';
import type { IndexEntry, Segment } from '../../archive/format/segment';
import { type ObjectStore, StoreFailed } from '../../archive/store';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, TimedOut } from '../../runtime/errors';

/**
 * Adding a segment to the near chain. Its key is its number, so one of several writers gets it. A put without an answer may
 * have been done: it is tried again, and what is found there then is either what was put, or somebody else's.
 */

/** Somebody else has written the next segment. What this writer has is not acknowledged: it begins again from the store. */
export class Superseded extends HoldfastError {
  constructor(readonly key: string) {
    super(`Another archiver has written ${key}, with other transactions.`);
  }
}

/** One attempt, and all of them, in milliseconds. */
const ATTEMPT_MS = 8_000;
export const APPEND_MS = 20_000;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 2_000;

/** What is in the store now under the key. */
export interface Appended {
  readonly bytes: Uint8Array;
  readonly chainHash: string;
}

/**
 * @param index of the segment
 * @returns the segment as it is stored: another writer's bytes if they hold the same transactions
 * @throws {Superseded}
 * @throws {StoreFailed} {TimedOut} if it is not known to be durable in time
 * @throws {CorruptSegment} if what is there is damaged
 */
export async function append(
  store: ObjectStore,
  clock: Clock,
  sealed: SealedSegment,
  index: readonly IndexEntry[],
): Promise<Appended> {
  const { key, bytes, chainHash } = sealed;
  const outcome = await persist(clock, `The put of ${key} in ${store.name}`, () => store.put(key, bytes));
  if (outcome === 'put') return { bytes, chainHash };
  const found = await persist(clock, `The reading of ${key} in ${store.name}`, async () => {
    const there = await store.get(key);
    // It exists, as the store has just said.
    if (!there) throw new StoreFailed('get', key, store.name);
    return there;
  });
  if (Buffer.compare(found, bytes) === 0) return { bytes, chainHash };
  const winner = await openSegment(key, found);
  if (!sameContent(winner, sealed, index)) throw new Superseded(key);
  return { bytes: found, chainHash: winner.chainHash };
}

/** Tries again until the time is up. */
async function persist<T>(clock: Clock, operation: string, work: () => Promise<T>): Promise<T> {
  const deadline = clock.monotonic() + APPEND_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, PAUSE_MS_MAX)) {
    try {
      return await attempt(clock, ATTEMPT_MS, operation, work);
    } catch (error) {
      const passes = error instanceof StoreFailed || error instanceof TimedOut;
      if (!passes || clock.monotonic() + pause >= deadline) throw error;
      await clock.sleep(pause);
    }
  }
}

/** Whether two segments are the same part of the same chain. Bytes may differ: sessions describe relations on their own. */
function sameContent(winner: Segment, { header }: SealedSegment, index: readonly IndexEntry[]): boolean {
  const parts = (one: Segment['header'], entries: readonly IndexEntry[]): string =>
    JSON.stringify([
      one.previous,
      one.genesis ?? null,
      one.continues,
      one.continued,
      entries.map(({ xid, endLsn, commitTimeUs, changes, digest }) => [
        xid,
        endLsn,
        commitTimeUs,
        changes,
        digest,
      ]),
    ]);
  return parts(winner.header, winner.index) === parts(header, index);
}
