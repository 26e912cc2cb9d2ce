import { literal } from '../../../lambda/runtime/postgres/quoting';
import type { Session } from '../../../lambda/runtime/postgres/session';
import { SUBSCRIPTION } from '../names';
import { tablesOf } from '../tables';

/** @returns tables of the old database that the new one does not follow: made since the import began */
export async function tablesMadeSince(source: Session, target: Session): Promise<readonly string[]> {
  const followed = await target.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
       FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
       JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE s.subname = ${literal(SUBSCRIPTION)}`,
  );
  // Before its first look at the old server a subscription knows no table, and none is new to it.
  if (followed.length === 0) return [];
  const known = new Set(followed.map(({ name }) => String(name)));
  return (await tablesOf(source)).filter((table) => !known.has(table));
}
