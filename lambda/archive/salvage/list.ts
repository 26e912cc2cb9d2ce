import { lsnBytes } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { type Committed, isHere, NoPrefix } from '../presence/presence';
import { bool } from '../restore/rows';
import type { ObjectStore } from '../store';
import { type Checked, Checker } from './check';
import { afterShared, type LeftBehind } from './left';
import type { Boundary } from './look-up';
import type { LostTransaction } from './lost';
import type { SalvagedTransaction } from './salvaged';
import { LEDGER } from './script';

/** Transactions that are asked about at once: each holds on to its segment. */
const BATCH = 200;

/** A lost transaction with all that is told of it. */
export interface Listed {
  readonly transaction: LostTransaction;
  readonly presence: 'absent' | 'unknown';
  readonly applied: boolean;
  readonly checked: Checked;
}

export interface SalvageSources {
  readonly session: Session;
  readonly archive: ObjectStore;
  readonly left: LeftBehind;
  /** What the old side has behind the end of the archive. */
  readonly oldSide: readonly LostTransaction[];
}

/**
 * Lists what the promoted database lacks, in the order of the commits. Transactions that changed nothing but Holdfast's own
 * tables are left out: they say something of a server that is gone.
 * @throws {NoPrefix}
 * @throws what reading the archive throws; nothing damaged is listed
 */
export async function* salvageList(sources: SalvageSources): AsyncGenerator<Listed, void> {
  const { session } = sources;
  const ledger = await appliedOnes(session, sources.left);
  const checker = new Checker(session, boundaryOf(sources.left, ledger !== undefined));
  for await (const { transaction, presence } of absentOnes(sources)) {
    const applied = ledger?.has(transaction.endLsn) === true;
    // What was applied is in the database like anything else.
    const own = applied ? new Checker(session, boundaryOf(sources.left, true)) : checker;
    const checked = await own.check(transaction);
    if (checked.changes > 0) yield { transaction, presence, applied, checked };
  }
}

interface Asked extends Committed {
  readonly transaction: LostTransaction;
}

async function* absentOnes(
  sources: SalvageSources,
): AsyncGenerator<{ readonly transaction: LostTransaction; readonly presence: 'absent' | 'unknown' }> {
  let missing: Asked | undefined;
  for await (const batch of batches(allAfterShared(sources))) {
    const { answers, lastPresent } = await isHere(sources.session, batch.map(askedOf));
    // Each batch is a prefix by itself; so must they be together.
    if (missing && lastPresent) throw new NoPrefix(missing, lastPresent);
    missing ??= answers.find(({ presence }) => presence === 'absent')?.transaction;
    for (const { transaction, presence } of answers) {
      if (presence !== 'present') yield { transaction: transaction.transaction, presence };
    }
  }
}

const askedOf = (transaction: LostTransaction): Asked => ({
  transaction,
  xid: transaction.xid,
  endLsn: lsnBytes(transaction.endLsn),
  commitTimeUs: BigInt(transaction.commitTimeUs),
});

export const boundaryOf = ({ boundaryXid }: LeftBehind, ledger: boolean): Boundary => ({
  xid: boundaryXid,
  ledger,
});

async function* allAfterShared({ archive, left, oldSide }: SalvageSources): AsyncGenerator<LostTransaction> {
  yield* afterShared(archive, left);
  yield* oldSide;
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** @returns positions of the transactions that were applied by an earlier salvage; undefined if there was none */
async function appliedOnes(
  session: Session,
  { left: { chain } }: LeftBehind,
): Promise<ReadonlySet<string> | undefined> {
  const [there] = await session.query('SELECT to_regclass($1) IS NOT NULL AS there', [LEDGER]);
  if (!bool(there, 'there')) return undefined;
  const rows = await session.query(
    `SELECT end_lsn::text FROM ${LEDGER} WHERE system = $1 AND database = $2 AND epoch = $3 AND part = $4`,
    [chain.system, chain.database, chain.epoch, chain.part],
  );
  return new Set(rows.map((row) => String(row.end_lsn)));
}

/** @returns what a person or a program is told of a listed transaction */
export const toldOf = ({ transaction, presence, applied, checked }: Listed): SalvagedTransaction => ({
  xid: transaction.xid,
  endLsn: transaction.endLsn,
  commitTimeUs: transaction.commitTimeUs,
  presence,
  from: transaction.from,
  tables: checked.tables,
  changes: checked.changes,
  rows: checked.rows,
  more: checked.changes - checked.rows.length,
  conflicts: applied ? [] : checked.conflicts,
  needs: applied ? [] : checked.needs,
  applied,
});
