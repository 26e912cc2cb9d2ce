import { literal, quoted } from '../runtime/postgres/quoting';
import type { Session } from '../runtime/postgres/session';
import { transaction, USERS_LOCK } from '../runtime/postgres/transaction';
import { createUser, ensureGroup, type Group, roleExists, type User } from '../runtime/postgres/users';
import { ReadOnlyReplica } from './errors';

// A role that waits for a lock keeps the fence from closing it: give up soon, Secrets Manager asks again.
const LIMITS = ["SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = '30s'"];

/**
 * In one transaction: makes the group with its rights, and gives the pending user its password. A current user that
 * is not there yet is made too, so that what its readers hold since the first deployment works at once.
 *
 * An existing user gets a password and nothing else: whether it may log in is the fence's to say.
 * @throws {ReadOnlyReplica}
 */
export async function prepareUsers(
  session: Session,
  group: Group,
  pending: User,
  current: User | undefined,
): Promise<void> {
  const [state] = await session.query('SELECT pg_is_in_recovery() AS replica');
  if (state?.replica !== false) throw new ReadOnlyReplica();
  await transaction(session, LIMITS, async () => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [USERS_LOCK]);
    await ensureGroup(session, group);
    if (current && !(await roleExists(session, current.name))) await createUser(session, current, group);
    if (await roleExists(session, pending.name)) await changeUser(session, group, pending);
    else await createUser(session, pending, group);
  });
}

async function changeUser(session: Session, group: Group, { name, verifier }: User): Promise<void> {
  await session.query(`GRANT ${quoted(group.role)} TO ${quoted(name)}`);
  await session.query(`ALTER ROLE ${quoted(name)} PASSWORD ${literal(verifier)}`);
}
