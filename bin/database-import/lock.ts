import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { transaction } from '../../lambda/runtime/postgres/transaction';
import { LOCK_SCHEMA, LOCK_TRIGGER } from './names';

/**
 * Keeps the application from writing into the new database before the cut-over: rows of its own would collide with those
 * that arrive. It is a plain trigger, so what the subscription applies, as a replica, passes it; the fence's own trigger is
 * another one, which fires always, and the initial copy of a table waits for a lease like every other statement.
 *
 * The schema is not one of Holdfast's own: its commands are told to the archive like those of the application, and a
 * restored copy goes through the same lock and its end. Tables that are no part of the import stay open.
 */

/** SQLSTATE of every refusal. */
export const LOCKED = 'HF002';

const LIMITS = ["SET LOCAL lock_timeout = '5s'"];

/** One by one: the archive writes down the query of each. */
const COMMANDS = [
  `CREATE SCHEMA IF NOT EXISTS ${LOCK_SCHEMA}`,
  `GRANT USAGE ON SCHEMA ${LOCK_SCHEMA} TO PUBLIC`,
  `CREATE OR REPLACE FUNCTION ${LOCK_SCHEMA}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'holdfast: % on %.% is refused, because this database is being imported',
    TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = '${LOCKED}', HINT = 'The old server takes the writes until the cut-over.';
END $$`,
];

/** What the comment of the schema says once the rows behind the lock are the only copy of something. */
export const KEPT = 'Rows that only this database has: nothing of an import empties it.';

/**
 * Locks tables, in one transaction; one that is locked already is left alone.
 * @param tables those of the import, as SQL writes them
 * @param keep whether the rows behind the lock must be kept from then on
 */
export async function lockTables(target: Session, tables: readonly string[], keep = false): Promise<void> {
  await transaction(target, LIMITS, async () => {
    for (const command of COMMANDS) await target.query(command);
    if (keep) await target.query(`COMMENT ON SCHEMA ${LOCK_SCHEMA} IS ${literal(KEPT)}`);
    for (const table of tables) {
      await target.query(
        `CREATE OR REPLACE TRIGGER ${LOCK_TRIGGER} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} ` +
          `FOR EACH STATEMENT EXECUTE FUNCTION ${LOCK_SCHEMA}.refuse()`,
      );
    }
  });
}

/** From here on the application may write. */
export async function unlockTables(target: Session): Promise<void> {
  await transaction(target, LIMITS, () => target.query(`DROP SCHEMA IF EXISTS ${LOCK_SCHEMA} CASCADE`));
}

/**
 * Takes the lock away and empties tables, in one transaction, before anybody else can write into them. Without the lock it
 * fails and empties nothing: then the rows may be others than those that the import brought.
 * @param tables as SQL writes them
 */
export async function emptyLocked(target: Session, tables: readonly string[]): Promise<void> {
  await transaction(target, LIMITS, async () => {
    await target.query(`DROP SCHEMA ${LOCK_SCHEMA} CASCADE`);
    if (tables.length > 0) await target.query(`TRUNCATE ONLY ${tables.join(', ONLY ')}`);
  });
}
