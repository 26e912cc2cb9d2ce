import type { PostgresServer } from '../postgres/server';
import { type Loop, repeat } from './loop';

/**
 * On RDS whoever is a member of `rds_replication` may stream. PostgreSQL asks for the attribute REPLICATION instead,
 * which no role inherits. So members get the attribute soon after they become members, and lose it soon after they are
 * none any more; a role that has it by itself keeps it.
 */

const POLL_MS = 100;
const WRONG = `
SELECT rolname AS role, member FROM (
  SELECT rolname, rolreplication, pg_has_role(oid, 'rds_replication', 'MEMBER') AS member
  FROM pg_roles WHERE NOT rolsuper) AS r
WHERE NOT pg_is_in_recovery() AND (member AND NOT rolreplication OR NOT member AND rolname = ANY ($1))`;
/** The lock keeps this apart from who changes the same role at this moment; who holds it longer goes first. */
const LOCK = 'BEGIN; SET LOCAL lock_timeout = 50; LOCK TABLE pg_authid IN SHARE ROW EXCLUSIVE MODE';

interface Wrong {
  readonly role: string;
  readonly member: boolean;
}

/** Keeps the attribute as the membership is, until it is stopped. */
export function keepReplication(server: PostgresServer): Loop {
  const given = new Set<string>();
  return repeat(server, POLL_MS, async (session) => {
    const { rows } = await session.query<Wrong>(WRONG, [[...given]]);
    if (rows.length === 0) return;
    await session.query(LOCK);
    for (const { role, member } of rows) {
      const attribute = member ? 'REPLICATION' : 'NOREPLICATION';
      await session.query(`ALTER ROLE ${session.escapeIdentifier(role)} ${attribute}`);
    }
    await session.query('COMMIT');
    for (const { role, member } of rows) {
      if (member) given.add(role);
      else given.delete(role);
    }
  });
}
