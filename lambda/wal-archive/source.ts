import { type ChainId, SLOT } from '../archive/contract';
import { type Committed, isHere } from '../archive/presence/presence';
import { readLedger } from '../archive/replay/ledger';
import { HoldfastError } from '../runtime/errors';
import { lsnBytes } from '../runtime/lsn';
import type { Row, Session } from '../runtime/postgres/session';
import type { Archived, Presence, SlotStatus, SourceSession, SourceStatus } from './ports';

/** The database gave an answer that its set-up does not give. */
export class UnexpectedAnswer extends HoldfastError {
  constructor(
    readonly field: string,
    found: unknown,
  ) {
    super(`The database says ${JSON.stringify(found) ?? 'nothing'} for ${field}: deploy its set-up again.`);
  }
}

/** A replica has no position of its own, and no timeline that it writes. */
const OBSERVE = `
  SELECT current_database()::text AS database, pg_is_in_recovery() AS replays, l.epoch::text AS epoch,
         l.timeline AS lease_timeline,
         CASE WHEN NOT pg_is_in_recovery() THEN holdfast.current_timeline() END AS timeline,
         (CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_flush_lsn() END)::text AS flush_lsn,
         s.slot_name IS NOT NULL AS has_slot, s.database::text AS slot_database,
         s.confirmed_flush_lsn::text AS confirmed_lsn, s.wal_status,
         (CASE WHEN NOT pg_is_in_recovery()
               THEN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), s.restart_lsn) END)::float8 AS kept_bytes,
         (SELECT a.complete FROM holdfast.archive_slot a WHERE a.timeline = l.timeline) AS complete,
         (SELECT count(*) FROM holdfast.unarchivable())::int
           + (SELECT count(*) FROM pg_prepared_xacts p WHERE p.database = current_database())::int AS unarchivable
    FROM holdfast.lease l LEFT JOIN pg_replication_slots s ON s.slot_name = $1`;

/** @param session of the archiver's user; it is this one's from now on */
export function sourceSession(session: Session): SourceSession {
  return {
    presence: presenceIn(session),
    async observe() {
      const [row] = await session.query(OBSERVE, [SLOT]);
      return statusOf(row ?? {});
    },
    async heartbeat(atMs, whole) {
      await session.query('SELECT holdfast.archive_heartbeat($1, $2)', [Math.trunc(atMs), whole]);
    },
    async fingerprint() {
      const [row] = await session.query('SELECT holdfast.catalogue_fingerprint() AS fingerprint');
      return text(row ?? {}, 'fingerprint');
    },
    async makeSlot() {
      await session.query('SELECT holdfast.make_archive_slot()');
    },
    end: () => session.end(),
  };
}

function statusOf(row: Row): SourceStatus {
  const notWriter = whyNotWriter(row);
  return {
    database: text(row, 'database'),
    notWriter,
    epoch: Number(text(row, 'epoch')),
    flushLsn: notWriter === null ? text(row, 'flush_lsn') : '0/0',
    slot: row.has_slot === true && notWriter === null ? slotOf(row) : undefined,
    unarchivable: Number(row.unarchivable),
  };
}

/** A lease of another timeline is that of the server which this one is a copy of. */
function whyNotWriter({ replays, epoch, lease_timeline: lease, timeline }: Row): string | null {
  if (replays === true) return 'The database is a replica.';
  if (epoch === '0') return 'The database has no lease yet.';
  if (lease !== timeline) return 'The lease of the database was opened on another timeline.';
  return null;
}

function slotOf(row: Row): SlotStatus {
  const database = text(row, 'database');
  if (row.slot_database !== database) {
    throw new UnexpectedAnswer(`the database of the slot ${SLOT}`, row.slot_database);
  }
  const walStatus = text(row, 'wal_status');
  const kept = row.kept_bytes;
  return {
    // A slot that is lost confirms nothing any more.
    confirmedLsn: typeof row.confirmed_lsn === 'string' ? row.confirmed_lsn : '0/0',
    walStatus,
    keptBytes: typeof kept === 'number' ? kept : 0,
    complete: row.complete !== false,
  };
}

function text(row: Row, field: string): string {
  const value = row[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new UnexpectedAnswer(field, value);
}

/** @returns says of archived transactions whether the database of the session has them */
export function presenceIn(session: Session): Presence {
  return {
    async lastPresent(transactions, chain) {
      // A restored copy that became the writer has them under other numbers and times.
      const replayed = await replayedTo(session, chain);
      const added = transactions.filter(({ endLsn }) => lsnBytes(endLsn) <= replayed).length;
      if (added === transactions.length) return { count: added };
      const { answers, lastPresent, blind } = await isHere(session, transactions.map(committedOf));
      if (blind !== undefined) return { unknown: blind };
      if (
        added === 0 &&
        lastPresent === undefined &&
        answers.some(({ presence }) => presence === 'unknown')
      ) {
        return { unknown: 'it has forgotten when such old transactions committed.' };
      }
      const found = answers.findLastIndex(({ presence }) => presence === 'present') + 1;
      return { count: Math.max(added, found) };
    },
  };
}

/** @returns up to where a restore has replayed a chain into the database, in bytes of the log; -1 if none has */
async function replayedTo(session: Session, chain: ChainId): Promise<bigint> {
  const [there] = await session.query("SELECT to_regclass('holdfast.replayed') IS NOT NULL AS there");
  return (there?.there === true ? (await readLedger(session, chain))?.endLsn : undefined) ?? -1n;
}

const committedOf = ({ xid, endLsn, commitTimeUs }: Archived): Committed => ({
  xid,
  endLsn: lsnBytes(endLsn),
  commitTimeUs: BigInt(commitTimeUs),
});
