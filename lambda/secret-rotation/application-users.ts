import { APPLICATION_ROLE } from './contract';
import { ReadOnlyReplica } from './errors';
import type { Session } from './ports';

/**
 * The application's users in the database. Rights belong to a group role, which nobody can log in as; the two users
 * are its members and own nothing, so that one can be changed while the other is in use.
 */

/** A user and what the database stores of its password. */
export interface User {
  readonly name: string;
  readonly verifier: string;
}

const LOCK_KEY = 4_869_002_017;

/** @returns the identifier as SQL */
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * In one transaction: makes the group with its rights, and gives the pending user its password. A current user that
 * is not there yet is made too, so that what its readers hold since the first deployment works at once.
 *
 * An existing user gets a password and nothing else: whether it may log in is the fence's to say.
 * @throws {ReadOnlyReplica}
 */
export async function prepareUsers(
  session: Session,
  pending: User,
  current: User | undefined,
): Promise<void> {
  const [state] = await session.query('SELECT pg_is_in_recovery() AS replica');
  if (state?.replica !== false) throw new ReadOnlyReplica();
  await session.query('BEGIN');
  try {
    // A role that waits for a lock keeps the fence from closing it: give up soon, Secrets Manager asks again.
    await session.query("SET LOCAL lock_timeout = '5s'");
    await session.query("SET LOCAL statement_timeout = '30s'");
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await grantGroup(session);
    if (current && !(await roleExists(session, current.name))) await createUser(session, current);
    if (await roleExists(session, pending.name)) await changeUser(session, pending);
    else await createUser(session, pending);
    await session.query('COMMIT');
  } catch (error) {
    await rollBack(session);
    throw error;
  }
}

/** The first error is the one that tells; a connection that is gone has rolled back by itself. */
async function rollBack(session: Session): Promise<void> {
  try {
    await session.query('ROLLBACK');
  } catch {
    return;
  }
}

async function roleExists(session: Session, role: string): Promise<boolean> {
  return (await session.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).length > 0;
}

async function createUser(session: Session, { name, verifier }: User): Promise<void> {
  const group = quoted(APPLICATION_ROLE);
  await session.query(`CREATE ROLE ${quoted(name)} LOGIN PASSWORD ${literal(verifier)} IN ROLE ${group}`);
}

async function changeUser(session: Session, { name, verifier }: User): Promise<void> {
  await session.query(`GRANT ${quoted(APPLICATION_ROLE)} TO ${quoted(name)}`);
  await session.query(`ALTER ROLE ${quoted(name)} PASSWORD ${literal(verifier)}`);
}

const TABLE_RIGHTS = 'SELECT, INSERT, UPDATE, DELETE';
const SEQUENCE_RIGHTS = 'USAGE, SELECT, UPDATE';
/** Relations that the owner may grant on: those of an extension belong to RDS. */
const OWN_RELATIONS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'S' AS sequence
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(c.relowner, 'USAGE')
   ORDER BY 1`;

async function grantGroup(session: Session): Promise<void> {
  const group = quoted(APPLICATION_ROLE);
  if (!(await roleExists(session, APPLICATION_ROLE))) await session.query(`CREATE ROLE ${group} NOLOGIN`);
  const [database] = await session.query('SELECT current_database() AS name');
  await session.query(`GRANT CONNECT ON DATABASE ${quoted(String(database?.name))} TO ${group}`);
  await session.query(`GRANT USAGE ON SCHEMA public TO ${group}`);
  const relations = await session.query(OWN_RELATIONS);
  for (const [sequence, rights, kind] of [
    [false, TABLE_RIGHTS, 'TABLE'],
    [true, SEQUENCE_RIGHTS, 'SEQUENCE'],
  ] as const) {
    const names = relations.filter((relation) => relation.sequence === sequence).map(({ name }) => name);
    if (names.length > 0) await session.query(`GRANT ${rights} ON ${kind} ${names.join(', ')} TO ${group}`);
    // What the owner makes later, in a migration.
    await session.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${rights} ON ${kind}S TO ${group}`);
  }
}
