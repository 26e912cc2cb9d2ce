import { lsnBytes } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { locate } from '../chain/locate';
import { readSegments } from '../chain/read';
import { type ArchivedTransaction, transactionsOf } from '../chain/transactions';
import { lsnText } from '../format/positions';
import type { Position } from '../format/segment';
import { beginLedger, readLedger } from '../replay/ledger';
import { type Outcome, replay } from '../replay/replay';
import type { ObjectStore } from '../store';
import { type BaseEnd, baseEnd, NotConnected } from './base-end';
import { type History, headOf, historyOf, type Stretch } from './lineage';
import { outlinesOf } from './outlines';
import { type RestoredStatus, statusOf } from './restored';
import { isWithin, type Target } from './target';

/** Adds to a restored copy what the archive has and it lacks. It goes on where it ended, by the ledger in the copy. */

export interface TopUp {
  readonly ended: Outcome['ended'];
  readonly transactions: number;
  readonly changes: number;
  /** The last transaction that the copy has; null if the archive has none. */
  readonly last: Position | null;
  /** The last transaction of the archive. */
  readonly head: Position | null;
}

/** Where a copy stands in the history. */
export interface Standing {
  readonly history: History;
  /** Index of the stretch that it is in. */
  readonly stretch: number;
  readonly last: Position;
}

/**
 * @param hasTime asked before each transaction
 * @throws {NotConnected} and what `replay` and reading throw; the copy then is as its ledger says
 */
export async function topUp(
  session: Session,
  archive: ObjectStore,
  target: Target,
  hasTime: () => boolean,
): Promise<TopUp> {
  const standing = await standingOf(session, archive, await statusOf(session));
  if (!standing) return { ended: 'input', transactions: 0, changes: 0, last: null, head: null };
  const { ended, transactions, changes, last } = await replay(session, wanted(archive, standing), {
    isWithin: (transaction) => isWithin(target, positionOf(transaction)),
    isPaused: () => !hasTime(),
  });
  return {
    ended,
    transactions,
    changes,
    last: last ? positionOf(last) : standing.last,
    head: headOf(standing.history),
  };
}

/**
 * @returns where the copy stands: as its ledger says, else as it says itself, which begins the ledger. Undefined if there
 * is no archive of it. A ledger may have come with the base, from a restored copy that became the writer: then the copy has
 * transactions of a later chain, which its ledger knows nothing of.
 */
export async function standingOf(
  session: Session,
  archive: ObjectStore,
  { system, database }: RestoredStatus,
): Promise<Standing | undefined> {
  const history = historyOf(await outlinesOf(archive, { system, database }));
  if (headOf(history) === null) return undefined;
  const noted = await noteOf(session, history);
  if (noted && noted.stretch === history.stretches.length - 1) return noted;
  const end = await endOfBase(session, archive, history, noted);
  if (noted && (!end || end.stretch <= noted.stretch)) return noted;
  if (!end) return undefined;
  const chain = history.stretches[end.stretch]?.chain;
  if (chain) await beginLedger(session, chain, end.last);
  return { history, stretch: end.stretch, last: positionOf(end.last) };
}

/** @returns undefined if the copy has nothing of the archive but what its ledger says */
async function endOfBase(
  session: Session,
  archive: ObjectStore,
  history: History,
  noted: Standing | undefined,
): Promise<BaseEnd | undefined> {
  try {
    return await baseEnd(session, archive, history);
  } catch (error) {
    if (noted && error instanceof NotConnected) return undefined;
    throw error;
  }
}

/** @returns where the ledger says that the copy is; undefined if it has none */
export async function noteOf(session: Session, history: History): Promise<Standing | undefined> {
  const [there] = await session.query("SELECT to_regclass('holdfast.replayed') IS NOT NULL AS there");
  if (there?.there !== true) return undefined;
  for (const [stretch, { chain }] of [...history.stretches.entries()].reverse()) {
    const entry = await readLedger(session, chain);
    if (entry) return { history, stretch, last: positionOf(entry) };
  }
  return undefined;
}

/** What comes after the place where the copy stands, in the order of the history. */
export async function* wanted(
  archive: ObjectStore,
  { history, stretch, last }: Standing,
): AsyncGenerator<ArchivedTransaction, void> {
  const after = lsnBytes(last.endLsn);
  for (const [index, one] of history.stretches.slice(stretch).entries()) {
    yield* ofStretch(archive, one, index === 0 ? after : -1n);
  }
}

async function* ofStretch(
  archive: ObjectStore,
  { chain, until }: Stretch,
  after: bigint,
): AsyncGenerator<ArchivedTransaction, void> {
  const from = await locate(archive, chain, ({ endLsn }) => lsnBytes(endLsn) > after);
  const end = until === null ? undefined : lsnBytes(until.endLsn);
  for await (const transaction of transactionsOf(readSegments(archive, chain, { from }))) {
    if (end !== undefined && transaction.endLsn > end) return;
    if (transaction.endLsn > after) yield transaction;
  }
}

const positionOf = ({
  endLsn,
  commitTimeUs,
}: {
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
}): Position => ({ endLsn: lsnText(endLsn), commitTimeUs: String(commitTimeUs) });
