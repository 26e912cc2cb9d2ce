import { literal, quoted } from './quoting';
import { SALT_BYTES, scramVerifier } from './scram';
import type { Credential, Session } from './session';

/**
 * Users in turns: rights belong to a group role, which nobody can log in as; two users are its members and own nothing,
 * so that one can be changed while the other is in use.
 */

export interface Group {
  readonly role: string;
  /** Whether its users read and write the tables of the application, and the fence ends what they do. */
  readonly fenced: boolean;
  /** Whether its users may be allowed to read the log of the server. */
  readonly replicates: boolean;
  /** Whether its users see what the server tells of itself, in transactions that write nothing. */
  readonly monitors: boolean;
}

export const APPLICATION: Group = {
  role: 'holdfast_application',
  fenced: true,
  replicates: false,
  monitors: false,
};
/** Renews and closes the fence; has no right on any table. */
export const AGENT: Group = { role: 'holdfast_agent', fenced: false, replicates: false, monitors: false };
/** Drains the slot of the archive; has no right on any table. */
export const ARCHIVE: Group = { role: 'holdfast_archive', fenced: false, replicates: true, monitors: false };
/** Reads statistics, also where there is no lease; has no right on any table. */
export const MONITOR: Group = { role: 'holdfast_monitor', fenced: false, replicates: false, monitors: true };
/** Groups that the fence lets in without a lease: none of them may write into a table. */
export const UNFENCED: readonly Group[] = [AGENT, ARCHIVE, MONITOR];

/** A user and what the database stores of its password. */
export interface User {
  readonly name: string;
  readonly verifier: string;
}

/** @param bytes gives that many bytes that nobody can guess */
export const userOf = ({ username, password }: Credential, bytes: (length: number) => Uint8Array): User => ({
  name: username,
  verifier: scramVerifier(password, bytes(SALT_BYTES)),
});

export async function roleExists(session: Session, role: string): Promise<boolean> {
  return (await session.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).length > 0;
}

/** What an exporter holds, that of a task which is replaced included; the rest is for the application. */
const MONITOR_CONNECTIONS = 5;
/** No statistics are worth a statement that runs longer. */
const MONITOR_STATEMENT_SECONDS = 20;

/**
 * Makes the user, as a member of its group. One of a fenced group may log in no longer than the lease lasts, so that a
 * user made while the fence is closed does not open it, and has the limit of connections of the other users. One of a
 * group that replicates may do so if another one of it may.
 */
export async function createUser(session: Session, { name, verifier }: User, group: Group): Promise<void> {
  const role = quoted(group.role);
  await session.query(
    `CREATE ROLE ${quoted(name)} LOGIN PASSWORD ${literal(verifier)}${await limitsOf(session, group)} IN ROLE ${role}`,
  );
  if (group.monitors) await onlyReads(session, name);
  if (group.replicates && (await usersOf(session, group)).some(({ replicates }) => replicates)) {
    await allowReplication(session, name, true);
  }
}

async function limitsOf(session: Session, group: Group): Promise<string> {
  if (group.monitors) return ` CONNECTION LIMIT ${MONITOR_CONNECTIONS}`;
  return group.fenced ? `${await connectionLimit(session, group)}${await validity(session)}` : '';
}

/** Beside the rights that its group does not have: these settings the user could change, the rights it could not. */
async function onlyReads(session: Session, user: string): Promise<void> {
  const name = quoted(user);
  await session.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
  await session.query(`ALTER ROLE ${name} SET statement_timeout = '${MONITOR_STATEMENT_SECONDS}s'`);
}

/** What RDS has in place of the attribute: that only its own superuser may give. */
const RDS_REPLICATION = 'rds_replication';

interface Member {
  readonly name: string;
  readonly replicates: boolean;
}

/** Since PostgreSQL 16 whoever makes a group is a member of it too, and none of its users. */
async function usersOf(session: Session, { role }: Group): Promise<readonly Member[]> {
  const rows = await session.query(
    `SELECT u.rolname AS name,
            u.rolreplication OR EXISTS (
              SELECT FROM pg_auth_members r JOIN pg_roles o ON o.oid = r.roleid
               WHERE r.member = u.oid AND o.rolname = $2) AS replicates
       FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
      WHERE g.rolname = $1 AND u.rolcanlogin AND u.rolname <> current_user ORDER BY 1`,
    [role, RDS_REPLICATION],
  );
  return rows.map(({ name, replicates }) => ({ name: String(name), replicates: replicates === true }));
}

async function allowReplication(session: Session, user: string, allowed: boolean): Promise<void> {
  const name = quoted(user);
  const [own] = await session.query('SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user');
  const change =
    own?.super === true
      ? `ALTER ROLE ${name} ${allowed ? '' : 'NO'}REPLICATION`
      : `${allowed ? 'GRANT' : 'REVOKE'} ${RDS_REPLICATION} ${allowed ? 'TO' : 'FROM'} ${name}`;
  await session.query(change);
}

/** Lets the users of a group read the log of the server, or forbids it; one for whom it is so already is left alone. */
export async function ensureReplication(session: Session, group: Group, allowed: boolean): Promise<void> {
  for (const { name, replicates } of await usersOf(session, group)) {
    if (replicates !== allowed) await allowReplication(session, name, allowed);
  }
}

async function connectionLimit(session: Session, group: Group): Promise<string> {
  const [found] = await session.query(
    `SELECT max(u.rolconnlimit) AS most
       FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
      WHERE g.rolname = $1 AND u.rolcanlogin AND u.rolconnlimit >= 0`,
    [group.role],
  );
  return typeof found?.most === 'number' ? ` CONNECTION LIMIT ${found.most}` : '';
}

/** Without a fence nothing limits a user. */
async function validity(session: Session): Promise<string> {
  const [fence] = await session.query("SELECT to_regclass('holdfast.lease_limit') IS NOT NULL AS present");
  if (fence?.present !== true) return '';
  const [limit] = await session.query(
    "SELECT format(' VALID UNTIL %L', to_timestamp(last_value / 1000.0)) AS clause FROM holdfast.lease_limit",
  );
  return String(limit?.clause);
}

const TABLE_RIGHTS = 'SELECT, INSERT, UPDATE, DELETE';
const SEQUENCE_RIGHTS = 'USAGE, SELECT, UPDATE';
/** Relations that the owner may grant on: those of an extension belong to RDS. */
const OWN_RELATIONS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'S' AS sequence
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(c.relowner, 'USAGE')
   ORDER BY 1`;

/** Makes the group, if there is none, with its rights. */
export async function ensureGroup(session: Session, { role, fenced }: Group): Promise<void> {
  const group = quoted(role);
  if (!(await roleExists(session, role))) await session.query(`CREATE ROLE ${group} NOLOGIN`);
  const [database] = await session.query('SELECT current_database() AS name');
  await session.query(`GRANT CONNECT ON DATABASE ${quoted(String(database?.name))} TO ${group}`);
  if (fenced) await grantTables(session, group);
}

async function grantTables(session: Session, group: string): Promise<void> {
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
