import { literal } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';

/**
 * Rolls back the prepared transactions that a base has brought with it. They hold locks that replay needs, and the archive
 * has each of them whole if it was committed after all.
 * @returns their names: one that was still undecided at the end of the archive is gone, and whoever coordinates it must know
 */
export async function rollBackPrepared(session: Session): Promise<readonly string[]> {
  const rows = await session.query(
    'SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared',
  );
  const names = rows.map(({ gid }) => String(gid));
  for (const name of names) await session.query(`ROLLBACK PREPARED ${literal(name)}`);
  return names;
}
