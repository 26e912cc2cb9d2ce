import { bool, number, textOrNull } from '../../lambda/archive/restore/rows';
import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { KEPT } from './lock';
import { LOCK_SCHEMA, PUBLICATION, SLOT, SUBSCRIPTION } from './names';

/**
 * Where an import stands, read from the two servers alone: whoever asks, from wherever, sees the same, and a step that was
 * interrupted anywhere goes on from there.
 */
export interface ImportState {
  readonly source: SourceState;
  readonly target: TargetState;
}

export interface SourceState {
  /** Whether new sessions of the database begin read-only. */
  readonly readOnly: boolean;
  readonly published: boolean;
  /** Undefined if there is none. */
  readonly slot: SlotState | undefined;
}

export interface SlotState {
  readonly active: boolean;
  /** Whether it has lost what it had to keep: such a copy never catches up. */
  readonly lost: boolean;
  /** Bytes of the log that the new server has not confirmed yet. */
  readonly behindBytes: number;
}

export interface TargetState {
  /** Whether the application is kept from writing. */
  readonly locked: boolean;
  /** Whether what is locked are rows that only this database has. */
  readonly kept: boolean;
  /** Undefined if there is none. */
  readonly subscription: SubscriptionState | undefined;
}

export interface SubscriptionState {
  readonly enabled: boolean;
  /** Tables that it knows of; 0 before its first look at the old server. */
  readonly tables: number;
  /** Of these, tables that are copied and follow. */
  readonly ready: number;
}

/**
 * - `nothing`: no import is under way.
 * - `prepared`: the schema is there, and the new server refuses the application's writes.
 * - `following`: rows are copied, or changes are applied as they come.
 * - `left over`: the old server knows of an import and the new one of none: it was cut over and the old database is not
 *   read-only any more, or it went into another database.
 * - `cutting over`: the old server refuses writes, and the new one does not take them yet.
 * - `cut over`: the new server takes writes, and the old one refuses them.
 * - `backing out`: after the cut-over; the new server refuses writes, and the old one does not take them yet.
 * - `backed out`: after the cut-over; the old server takes writes, and the new one keeps its rows, locked.
 */
export type Stage =
  | 'nothing'
  | 'prepared'
  | 'following'
  | 'left over'
  | 'cutting over'
  | 'cut over'
  | 'backing out'
  | 'backed out';

export function stageOf({ source, target }: ImportState): Stage {
  if (target.kept) return source.published ? 'backing out' : 'backed out';
  if (source.readOnly && source.published) {
    return target.subscription || target.locked ? 'cutting over' : 'cut over';
  }
  if (target.subscription) return 'following';
  // Every run that was interrupted leaves the lock, which goes last: without it the rows may be the application's own.
  if (source.slot || source.published) return target.locked ? 'following' : 'left over';
  return target.locked ? 'prepared' : 'nothing';
}

export async function stateOf(source: Session, target: Session): Promise<ImportState> {
  const [ofSource, ofTarget] = await Promise.all([sourceState(source), targetState(target)]);
  return { source: ofSource, target: ofTarget };
}

const SOURCE = `
  SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                  WHERE d.datname = current_database() AND s.setrole = 0
                    AND 'default_transaction_read_only=on' = ANY (s.setconfig)) AS read_only,
         EXISTS (SELECT FROM pg_publication WHERE pubname = ${literal(PUBLICATION)}) AS published`;

/** `wal_status` is there since PostgreSQL 13; read as JSON, so that an older server has none. */
const SLOTS = `
  SELECT s.active, coalesce(to_jsonb(s) ->> 'wal_status', '') = 'lost' AS lost,
         coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint AS behind
    FROM pg_replication_slots s WHERE s.slot_name = ${literal(SLOT)} AND s.database = current_database()`;

export async function sourceState(session: Session): Promise<SourceState> {
  const [row] = await session.query(SOURCE);
  const [slot] = await session.query(SLOTS);
  return {
    readOnly: bool(row, 'read_only'),
    published: bool(row, 'published'),
    slot: slot && {
      active: bool(slot, 'active'),
      lost: bool(slot, 'lost'),
      behindBytes: Math.max(0, number(slot, 'behind')),
    },
  };
}

const TARGET = `
  SELECT to_regnamespace(${literal(LOCK_SCHEMA)})::text AS lock,
         coalesce(obj_description(to_regnamespace(${literal(LOCK_SCHEMA)})::oid, 'pg_namespace') = ${literal(KEPT)}, false) AS kept,
         (SELECT s.subenabled FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
           WHERE s.subname = ${literal(SUBSCRIPTION)} AND d.datname = current_database()) AS enabled,
         (SELECT count(*) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
           WHERE s.subname = ${literal(SUBSCRIPTION)}) AS tables,
         (SELECT count(*) FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
           WHERE s.subname = ${literal(SUBSCRIPTION)} AND r.srsubstate = 'r') AS ready`;

async function targetState(session: Session): Promise<TargetState> {
  const [row] = await session.query(TARGET);
  return {
    locked: textOrNull(row, 'lock') !== null,
    kept: bool(row, 'kept'),
    subscription:
      row?.enabled === null
        ? undefined
        : { enabled: bool(row, 'enabled'), tables: number(row, 'tables'), ready: number(row, 'ready') },
  };
}
