import { text, texts } from '../../lambda/archive/restore/rows';
import { HoldfastError } from '../../lambda/runtime/errors';
import { quoted } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { type Manner, pause } from '../recover/telling';

const POLL_MS = 100;
/** So long a session may take to end. */
const ENDS_WITHIN_MS = 10_000;

/** Somebody still writes at the old server although it refuses new writers. */
export class WritersLeft extends HoldfastError {
  constructor(readonly sessions: readonly string[]) {
    super(`Sessions at the old server did not end: ${sessions.join(', ')}.`);
  }
}

const databaseOf = async (session: Session): Promise<string> => {
  const [row] = await session.query('SELECT current_database()::text AS name');
  return quoted(text(row, 'name'));
};

/**
 * Sessions of others, but for those that read the log. A user who is no superuser sees neither what they are nor since when
 * they are there, so nothing of that is asked.
 */
const OTHERS = `
  SELECT coalesce(array_agg(a.pid::text), '{}')::text[] AS pids,
         coalesce(array_agg(format('%s of %s', coalesce(nullif(a.application_name, ''), 'session ' || a.pid), a.usename)), '{}')::text[] AS names
    FROM pg_stat_activity a
   WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.usename IS NOT NULL
     AND a.usename <> 'rdsadmin' AND a.pid NOT IN (SELECT r.pid FROM pg_stat_replication r)
     AND ($1::text[] IS NULL OR a.pid::text = ANY ($1))`;
/** A session that is just being made has read its settings before anybody can see it. */
const ROUNDS = 3;

/**
 * Makes the old database read-only for everybody, and ends the sessions that may have begun before. Who connects from now on
 * may read; a session that takes the right to write for itself (SET transaction_read_only) is not held back, and the
 * comparison would show what it wrote.
 * @throws {WritersLeft}
 */
export async function refuseWrites(source: Session, manner: Manner): Promise<void> {
  await source.query(`ALTER DATABASE ${await databaseOf(source)} SET default_transaction_read_only = on`);
  for (let round = 0; round < ROUNDS; round += 1) {
    await endSessions(source, manner);
    await pause(manner, POLL_MS);
  }
}

/** @returns names of the prepared transactions that are open in the database: they end without a session, whenever somebody says so */
export async function preparedIn(source: Session): Promise<readonly string[]> {
  const [row] = await source.query(
    "SELECT coalesce(array_agg(gid ORDER BY gid), '{}')::text[] AS names FROM pg_prepared_xacts WHERE database = current_database()",
  );
  return texts(row, 'names');
}

async function endSessions(source: Session, manner: Manner): Promise<void> {
  const [there] = await source.query(OTHERS, [null]);
  const pids = texts(there, 'pids');
  const untilMs = manner.clock.monotonic() + ENDS_WITHIN_MS;
  for (;;) {
    await source.query('SELECT pg_terminate_backend(one::int) FROM unnest($1::text[]) AS one', [pids]);
    const [others] = await source.query(OTHERS, [pids]);
    const names = texts(others, 'names');
    if (names.length === 0) return;
    if (manner.clock.monotonic() >= untilMs) throw new WritersLeft(names);
    await pause(manner, POLL_MS);
  }
}

/** Gives the old database back to its writers: to each from its next session on, so those that may only read are ended. */
export async function allowWrites(source: Session): Promise<void> {
  await source.query(`ALTER DATABASE ${await databaseOf(source)} RESET default_transaction_read_only`);
  const [there] = await source.query(OTHERS, [null]);
  await source.query('SELECT pg_terminate_backend(one::int) FROM unnest($1::text[]) AS one', [
    texts(there, 'pids'),
  ]);
}
