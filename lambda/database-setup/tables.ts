import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { codeOf, type Session } from '../runtime/postgres/session';
import { transaction } from '../runtime/postgres/transaction';
import { GUARD, IN_SETUP } from './guard';

/**
 * Changes tables while others write: puts the guard on them, or takes it off. A table's lock is waited for half a second at most,
 * because everybody who comes later waits behind it; each table is a transaction of its own, so no two are held at
 * once; a busy table is tried again when all others had their turn.
 */

const LIMITS = ["SET LOCAL lock_timeout = '500ms'", "SET LOCAL statement_timeout = '10s'", IN_SETUP];
const ROUNDS = 20;
const PAUSE_MS = 1_000;
/** Lock not available, deadlock, and what is said of a table that has gone meanwhile. */
const AGAIN = /^(55P03|40P01|42P01|3F000|XX000)$/;
const FORBIDDEN = '42501';

/** Somebody holds a lock on a table for too long. */
export class TableBusy extends HoldfastError {
  constructor(
    readonly what: Changed,
    readonly tables: readonly string[],
    readonly rounds: number,
    options: ErrorOptions,
  ) {
    super(
      `After ${rounds} tries the ${what} could not be changed on ${tables.join(', ')}: other transactions hold locks ` +
        'there for too long. Deploy again when they have ended.',
      options,
    );
  }
}

/** What of a table is changed. */
export type Changed = 'guard' | 'replica identity';

/** A table that is not as it is wanted. */
export interface Table {
  readonly oid: number;
  readonly name: string;
}

const UNGUARDED = `
  SELECT oid, oid::regclass::text AS name FROM pg_class
   WHERE relkind IN ('r', 'p') AND holdfast.is_unguarded(oid) ORDER BY 1`;
const GUARDED = `
  SELECT tgrelid AS oid, tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = '${GUARD}' ORDER BY 1`;

/** @returns names of tables that the owner may not put a guard on, because they are somebody else's */
export const guardTables = (session: Session, clock: Clock): Promise<readonly string[]> =>
  overTables(session, clock, 'guard', UNGUARDED, async ({ oid }) => {
    await session.query('SELECT holdfast.guard_table($1::oid::regclass)', [oid]);
  });

/** @returns names of tables that the owner may not take the guard off */
export const unguardTables = (session: Session, clock: Clock): Promise<readonly string[]> =>
  overTables(session, clock, 'guard', GUARDED, async ({ name }) => {
    await session.query(`DROP TRIGGER IF EXISTS ${GUARD} ON ${name}`);
  });

/**
 * @param which gives `oid` and `name` of the tables that are not as they are wanted; asked again until there are none
 * @returns names of those that the owner may not change, because they are somebody else's
 * @throws {TableBusy}
 * @throws {TableFailed}
 */
export async function overTables(
  session: Session,
  clock: Clock,
  what: Changed,
  which: string,
  change: (table: Table) => Promise<void>,
): Promise<readonly string[]> {
  const forbidden = new Map<number, string>();
  for (let round = 1; ; round += 1) {
    const todo = (await tablesOf(session, which)).filter(({ oid }) => !forbidden.has(oid));
    const busy = new Map<string, unknown>();
    for (const table of todo) {
      try {
        await transaction(session, LIMITS, () => change(table));
      } catch (error) {
        if (codeOf(error) === FORBIDDEN) forbidden.set(table.oid, table.name);
        else if (AGAIN.test(codeOf(error))) busy.set(table.name, error);
        else throw new TableFailed(what, table.name, { cause: error });
      }
    }
    if (todo.length === 0) return [...forbidden.values()];
    if (busy.size > 0) {
      if (round === ROUNDS)
        throw new TableBusy(what, [...busy.keys()], round, { cause: [...busy.values()][0] });
      await clock.sleep(PAUSE_MS);
    }
  }
}

async function tablesOf(session: Session, which: string): Promise<readonly Table[]> {
  const rows = await session.query(which);
  return rows.map(({ oid, name }) => ({ oid: Number(oid), name: String(name) }));
}

/** A table could not be changed for a reason that trying again does not mend. */
export class TableFailed extends HoldfastError {
  constructor(
    readonly what: Changed,
    readonly table: string,
    options: ErrorOptions,
  ) {
    super(`The ${what} could not be changed on ${table}: ${sentenceOf(options.cause)}`, options);
  }
}
