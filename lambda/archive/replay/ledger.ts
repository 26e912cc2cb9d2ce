import { HoldfastError } from '../../runtime/errors';
import { lsnBytes } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { transaction } from '../../runtime/postgres/transaction';
import type { ChainId, SequencesMessage } from '../contract';
import { lsnText } from '../format/positions';
import type { ReplayTransaction } from './input';
import { IN_SETUP } from './own';

/**
 * The ledger: up to where each chain was replayed. It moves in the transactions that apply the changes, so a crash
 * repeats nothing and leaves nothing out, whoever comes next.
 */

/** What is needed again when a replay goes on. */
export interface Memory {
  /** Each sequence as it was told last, by its name. */
  readonly sequences: readonly SequencesMessage['sequences'][number][];
  /** Up to where these values hold; null if nothing was told yet. */
  readonly readLsn: string | null;
  /** Where the last transaction ends that changed anything but them; null if that is not known. */
  readonly changedLsn: string | null;
  /**
   * Id of the last transaction that may have changed the catalogue. Whoever has seen it has seen all before it; the
   * catalogue of whoever has not cannot be compared with that of this database.
   */
  readonly definer: number | null;
}

export interface LedgerEntry {
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
  readonly memory: Memory;
}

export const NOTHING_KNOWN: Memory = { sequences: [], readLsn: null, changedLsn: null, definer: null };

/** Somebody else has moved the ledger meanwhile. */
export class LedgerMoved extends HoldfastError {
  constructor(
    readonly chain: ChainId,
    readonly expected: bigint | undefined,
  ) {
    super(
      `The ledger of epoch ${chain.epoch}, part ${chain.part}, is not at ${expected === undefined ? 'its beginning' : lsnText(expected)} ` +
        'any more: somebody else replays into the same database.',
    );
  }
}

const TABLE = `
CREATE SCHEMA IF NOT EXISTS holdfast;
CREATE TABLE IF NOT EXISTS holdfast.replayed (
  system text NOT NULL,
  database text NOT NULL,
  epoch bigint NOT NULL,
  part int NOT NULL,
  end_lsn pg_lsn NOT NULL,
  commit_time_us bigint NOT NULL,
  transactions bigint NOT NULL,
  memory jsonb NOT NULL,
  PRIMARY KEY (system, database, epoch, part)
);
-- The archiver asks, if the copy becomes the writer.
GRANT SELECT ON holdfast.replayed TO PUBLIC;
COMMENT ON TABLE holdfast.replayed IS 'Up to where each chain of the archive was replayed into this database.';
`;

export async function prepareLedger(session: Session): Promise<void> {
  const [found] = await session.query("SELECT to_regclass('holdfast.replayed') IS NOT NULL AS present");
  if (found?.present !== true) await transaction(session, [IN_SETUP], () => session.query(TABLE));
}

const idOf = ({ system, database, epoch, part }: ChainId): readonly unknown[] => [
  system,
  database,
  epoch,
  part,
];

/** @returns undefined if nothing of the chain was replayed yet */
export async function readLedger(session: Session, chain: ChainId): Promise<LedgerEntry | undefined> {
  const [row] = await session.query(
    `SELECT end_lsn::text AS end_lsn, commit_time_us::text AS time, memory::text AS memory FROM holdfast.replayed
      WHERE system = $1 AND database = $2 AND epoch = $3 AND part = $4`,
    idOf(chain),
  );
  if (!row) return undefined;
  const memory: Memory = JSON.parse(String(row.memory));
  return { endLsn: lsnBytes(String(row.end_lsn)), commitTimeUs: BigInt(String(row.time)), memory };
}

const ADVANCE = `
  INSERT INTO holdfast.replayed AS r (system, database, epoch, part, end_lsn, commit_time_us, transactions, memory)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (system, database, epoch, part) DO UPDATE
    SET end_lsn = excluded.end_lsn, commit_time_us = excluded.commit_time_us, memory = excluded.memory,
        transactions = r.transactions + excluded.transactions
    WHERE r.end_lsn = $9::pg_lsn
  RETURNING 1`;

/**
 * Moves the ledger, within the transaction that applies the changes.
 * @param expected where it was read before; undefined if the chain was not in it
 * @throws {LedgerMoved}
 */
export async function advanceLedger(
  session: Session,
  chain: ChainId,
  expected: bigint | undefined,
  { endLsn, commitTimeUs, memory }: LedgerEntry,
  transactions: number,
): Promise<void> {
  const moved = await session.query(ADVANCE, [
    ...idOf(chain),
    lsnText(endLsn),
    String(commitTimeUs),
    transactions,
    JSON.stringify(memory),
    expected === undefined ? null : lsnText(expected),
  ]);
  if (moved.length !== 1) throw new LedgerMoved(chain, expected);
}

/**
 * Begins the ledger of a chain where the base ends, so that what the base has is not replayed.
 * @param last the last transaction of the chain that the base has, as `isHere` finds it
 */
export async function beginLedger(
  session: Session,
  chain: ChainId,
  last: Pick<ReplayTransaction, 'xid' | 'endLsn' | 'commitTimeUs'>,
): Promise<void> {
  await prepareLedger(session);
  if (await readLedger(session, chain)) return;
  const { xid, endLsn, commitTimeUs } = last;
  const memory = { ...NOTHING_KNOWN, changedLsn: lsnText(endLsn), definer: xid };
  await advanceLedger(session, chain, undefined, { endLsn, commitTimeUs, memory }, 0);
}
