import { HoldfastError } from '../../runtime/errors';
import { lsnBytes } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { firstSegment } from '../chain/chains';
import { head } from '../chain/head';
import { locate } from '../chain/locate';
import { requireIndex } from '../chain/read';
import { range, readAhead } from '../chain/read-ahead';
import type { ChainId } from '../contract';
import { chainPrefix } from '../contract';
import type { IndexEntry } from '../format/segment';
import { type Committed, isHere, type Presence } from '../presence/presence';
import type { ObjectStore } from '../store';
import type { History, Stretch } from './lineage';

/**
 * Where a physical copy ends in the archive: the last transaction that it has. Its position in the log does not tell,
 * because a restored server has written on since; so it is asked which transactions it has, segment by segment in ever
 * smaller steps, and at last one by one.
 */

export interface BaseEnd {
  /** Index of the stretch in the history. */
  readonly stretch: number;
  readonly last: Committed;
}

/** The archive cannot add to this copy without leaving something out; the sentence says why. */
export class NotConnected extends HoldfastError {}

/**
 * @throws {NotConnected}
 * @throws {NoPrefix} if the copy is of another history
 * @throws {DamagedArchive}
 * @throws {StoreFailed}
 */
export async function baseEnd(session: Session, archive: ObjectStore, history: History): Promise<BaseEnd> {
  for (const [index, stretch] of [...history.stretches.entries()].reverse()) {
    if (stretch.first === null) continue;
    const first = await firstEntry(archive, stretch.chain);
    if (!first || (await presenceOf(session, first)) === 'absent') continue;
    const last = await lastHere(session, archive, stretch);
    return { stretch: index, last };
  }
  throw new NotConnected(
    `The backup has no transaction that the archive has, so that nobody can say what is missing between them. ${history.broken ?? ''}`.trim(),
  );
}

async function lastHere(session: Session, archive: ObjectStore, stretch: Stretch): Promise<Committed> {
  const { chain, until } = stretch;
  const { known, absent } = await boundsOf(session, archive, chain);
  const isBehind = (endLsn: string): boolean => known === undefined || lsnBytes(endLsn) > known.endLsn;
  const from = await locate(archive, chain, ({ endLsn }) => isBehind(endLsn));
  const near = nearby(entriesOf(archive, chain, from), absent);
  const { answers, lastPresent } = await isHere(session, near);
  const last =
    lastPresent ?? answers.findLast(({ presence }) => presence === 'unknown')?.transaction ?? known;
  if (!last) throw new NotConnected('Nobody can say which is the last transaction that the backup has.');
  if (until !== null && last.endLsn > lsnBytes(until.endLsn)) {
    throw new NotConnected(
      `The backup has transactions that came after epoch ${chain.epoch} was left at ${until.endLsn}: they are no part of the history.`,
    );
  }
  return last;
}

/** Indexes in memory ahead of the reader. */
const AHEAD = 2;
/** Transactions behind the end of the copy that are asked about: they must all be absent. */
const BEHIND = 500;

/** @param absent a transaction that is not here: the end of the copy is before it, however many a segment holds */
async function* nearby(
  entries: AsyncIterable<IndexEntry>,
  absent: Committed | undefined,
): AsyncGenerator<Committed> {
  let behind = 0;
  for await (const entry of entries) {
    const asked = askedOf(entry);
    yield asked;
    if (absent === undefined || asked.endLsn >= absent.endLsn) behind += 1;
    if (behind === BEHIND) return;
  }
}

/** @returns the transactions that end in a segment or behind it */
async function* entriesOf(archive: ObjectStore, chain: ChainId, from: number): AsyncGenerator<IndexEntry> {
  const last = (await head(archive, chain, { from })) ?? -1;
  const indexes = readAhead(range(from, last), AHEAD, (sequence) => requireIndex(archive, chain, sequence));
  for await (const index of indexes) yield* index;
}

/** Two transactions, each the last one of a segment, between which the copy ends. */
interface Bounds {
  /** The last that is here; undefined if there is none. */
  readonly known: Committed | undefined;
  /** The first that is not; undefined if all are here. */
  readonly absent: Committed | undefined;
}

async function boundsOf(session: Session, archive: ObjectStore, chain: ChainId): Promise<Bounds> {
  const first = (await firstSegment(archive, chainPrefix(chain)))?.sequence ?? 0;
  let low = first;
  let high = ((await head(archive, chain, { from: first })) ?? first) + 1;
  let known: Committed | undefined;
  let absent: Committed | undefined;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const whole = await lastEntry(archive, chain, middle, low);
    if (!whole || (await presenceOf(session, whole)) !== 'absent') {
      known = whole ? askedOf(whole) : known;
      low = middle + 1;
    } else {
      absent = askedOf(whole);
      high = middle;
    }
  }
  return { known, absent };
}

/** @returns the last transaction that ends in a segment, or in one before it down to `floor` */
async function lastEntry(
  archive: ObjectStore,
  chain: ChainId,
  sequence: number,
  floor: number,
): Promise<IndexEntry | undefined> {
  for (let at = sequence; at >= floor; at -= 1) {
    const last = (await requireIndex(archive, chain, at)).at(-1);
    if (last) return last;
  }
  return undefined;
}

async function firstEntry(archive: ObjectStore, chain: ChainId): Promise<IndexEntry | undefined> {
  const from = await locate(archive, chain, () => true);
  for await (const entry of entriesOf(archive, chain, from)) return entry;
  return undefined;
}

const askedOf = ({ xid, endLsn, commitTimeUs }: IndexEntry): Committed => ({
  xid,
  endLsn: lsnBytes(endLsn),
  commitTimeUs: BigInt(commitTimeUs),
});

/** What is forgotten is so old that the copy has it, if it has any of this history. */
async function presenceOf(session: Session, entry: IndexEntry): Promise<Presence> {
  const { answers, blind } = await isHere(session, [askedOf(entry)]);
  if (blind !== undefined)
    throw new NotConnected(`Nobody can say which transactions the backup has. ${blind}`);
  return answers[0]?.presence ?? 'unknown';
}
