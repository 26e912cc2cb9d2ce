import { chainsOf } from '../../archive/chain/chains';
import { type ChainEnd, endOf } from '../../archive/chain/locate';
import { requireSegment } from '../../archive/chain/read';
import type { ChainId } from '../../archive/contract';
import { DamagedArchive } from '../../archive/damage';
import type { Genesis, IndexEntry, Position, Segment } from '../../archive/format/segment';
import { type ObjectStore, StoreFailed } from '../../archive/store';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { sentenceOf, TimedOut } from '../../runtime/errors';
import { lsnBytes } from '../../runtime/lsn';
import type { Presence, World } from '../ports';

/** Which chain comes before a new epoch's, and what of it the database has. */
export interface Following {
  readonly follows: NonNullable<Genesis['follows']>;
  /** Up to here everything that the database has is in an older chain, in bytes of the log; undefined if that is unknown. */
  readonly archivedTo: bigint | undefined;
  /** Whether the database has all of what was found in the archive: it may have more, then. */
  readonly all: boolean;
  /** Why it is unknown what the database has, as a sentence; null if it is known. */
  readonly doubt: string | null;
}

/** The chain as one store has it. */
interface Held {
  readonly store: ObjectStore;
  readonly chain: ChainId;
  readonly end: ChainEnd;
}

/** The other region has failed more often than not when an epoch begins: it is not waited for. */
const FAR_MS = 5_000;

/**
 * @param epoch that begins
 * @param timeline that the database writes
 * @returns undefined if there is no chain before it
 * @throws {StoreFailed} {DamagedArchive} what the near store throws; the far one is done without
 */
export async function following(
  { near, far }: Pick<World, 'near' | 'far'>,
  clock: Clock,
  database: Pick<ChainId, 'system' | 'database'>,
  { epoch, timeline }: { readonly epoch: number; readonly timeline: number },
  presence: Presence,
): Promise<Following | undefined> {
  // The chain before may be the other region's, whose copy here lacks what came last.
  const there = await attempt(clock, FAR_MS, `The listing in ${far.name}`, () =>
    lastBefore(far, database, epoch),
  ).catch((error: unknown) => {
    if (isTrouble(error)) return undefined;
    throw error;
  });
  const here = await lastBefore(near, database, epoch);
  const held = there && (!here || isFurther(there, here)) ? there : here;
  return held && presentOf(held, timeline, presence);
}

const isTrouble = (error: unknown): boolean =>
  error instanceof StoreFailed || error instanceof TimedOut || error instanceof DamagedArchive;

async function lastBefore(
  store: ObjectStore,
  database: Pick<ChainId, 'system' | 'database'>,
  epoch: number,
): Promise<Held | undefined> {
  const chain = (await chainsOf(store, database)).findLast((one) => one.epoch < epoch);
  const end = chain && (await endOf(store, chain));
  return chain && end && { store, chain, end };
}

function isFurther(a: Held, b: Held): boolean {
  const order = a.chain.epoch - b.chain.epoch || a.chain.part - b.chain.part;
  return order > 0 || (order === 0 && a.end.segment.header.sequence > b.end.segment.header.sequence);
}

/** Walks back from the head until the database has something: everything before it, it has too. */
async function presentOf(
  { store, chain, end }: Held,
  timeline: number,
  presence: Presence,
): Promise<Following> {
  let at: Spot = { chain, segment: end.segment, until: undefined };
  for (let all = true; ; ) {
    const { segment } = at;
    const { sequence, genesis } = segment.header;
    const index = upTo(segment.index, at.until);
    const answer = await present(index, at.chain, presence);
    if ('unknown' in answer) return unknown(chain, end, answer.unknown);
    const found = answer.count > 0 ? index[answer.count - 1] : undefined;
    if (found) {
      const last: Position = { endLsn: found.endLsn, commitTimeUs: found.commitTimeUs };
      const archivedTo = lsnBytes(found.endLsn);
      return {
        follows: { chain: at.chain, sequence, last },
        archivedTo,
        all: all && answer.count === index.length,
        doubt: null,
      };
    }
    if (genesis && (!genesis.follows || (all && segment.header.timeline === timeline))) {
      // The server is the same, or there is nothing before: the chain begins where everything is archived up to.
      const archivedTo = segment.header.timeline === timeline ? lsnBytes(genesis.startLsn) : undefined;
      return { follows: { chain: at.chain, sequence, last: null }, archivedTo, all, doubt: null };
    }
    all &&= index.length === 0;
    at = await before(store, at);
  }
}

/** Where the walk is. */
interface Spot {
  readonly chain: ChainId;
  readonly segment: Segment;
  /** The last transaction that counts of this chain, as the next one follows it; undefined if all do. */
  readonly until: string | undefined;
}

/** @returns the segment before, or the one that the genesis follows */
async function before(store: ObjectStore, { chain, segment, until }: Spot): Promise<Spot> {
  const { sequence, genesis } = segment.header;
  const follows = genesis?.follows;
  if (!follows) return { chain, segment: await requireSegment(store, chain, sequence - 1), until };
  return {
    chain: follows.chain,
    segment: await requireSegment(store, follows.chain, follows.sequence),
    until: follows.last?.endLsn ?? '0/0',
  };
}

const upTo = (index: readonly IndexEntry[], until: string | undefined): readonly IndexEntry[] =>
  until === undefined ? index : index.filter(({ endLsn }) => lsnBytes(endLsn) <= lsnBytes(until));

const unknown = (chain: ChainId, end: ChainEnd, why: string): Following => ({
  follows: { chain, sequence: end.segment.header.sequence, last: null },
  archivedTo: undefined,
  all: true,
  doubt: `What of it this database has is unknown: ${why}`,
});

async function present(
  index: readonly IndexEntry[],
  chain: ChainId,
  presence: Presence,
): Promise<Awaited<ReturnType<Presence['lastPresent']>>> {
  if (index.length === 0) return { count: 0 };
  try {
    return await presence.lastPresent(index, chain);
  } catch (error) {
    // An archive that does not begin loses more than the answer is worth.
    return { unknown: sentenceOf(error) };
  }
}
