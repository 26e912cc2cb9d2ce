import { literal } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';

/**
 * How the session of a replay is set. Values are read as the archiver has the server write them; triggers and checks of
 * foreign keys have done their work on the source already.
 */

/** What the text of a value depends on: the same in the session of whoever drains the slot. */
export const VALUES: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  TimeZone: 'UTC',
  lc_monetary: 'C',
  xmloption: 'content',
};

const SETTINGS: Readonly<Record<string, string>> = {
  ...VALUES,
  session_replication_role: 'replica',
  search_path: 'pg_catalog',
  // Nothing is lost by it: what was not on disk yet is not in the ledger on disk either.
  synchronous_commit: 'off',
  row_security: 'off',
  check_function_bodies: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/** Sets the session for all that follows: it is of no other use afterwards. */
export async function prepareSession(session: Session): Promise<void> {
  const settings = Object.entries(SETTINGS).map(
    ([name, value]) => `set_config(${literal(name)}, ${literal(value)}, false)`,
  );
  await session.query(`SELECT ${settings.join(', ')}`);
}
