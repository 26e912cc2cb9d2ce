import { HoldfastError, sentenceOf } from '../runtime/errors';
import { quoted } from '../runtime/postgres/quoting';
import type { Session } from '../runtime/postgres/session';
import { USERS_LOCK } from '../runtime/postgres/transaction';
import {
  AGENT,
  APPLICATION,
  ARCHIVE,
  createUser,
  ensureGroup,
  MONITOR,
  roleExists,
  type User,
} from '../runtime/postgres/users';
import { CALLED_BY_ALL } from './archive/capture';

/** A role could write past the lease, because nothing here may forbid it to log in. */
export class UnfenceableRole extends HoldfastError {
  constructor(
    readonly role: string,
    readonly why: string,
    options?: ErrorOptions,
  ) {
    super(
      `The role ${role} can log in and cannot be fenced: ${why}. Take its right to log in (ALTER ROLE ... NOLOGIN) or ` +
        'drop it, then deploy again.',
      options,
    );
  }
}

export interface Users {
  readonly application: User;
  readonly agent: User;
  readonly archive: User;
  readonly monitor: User;
  /** Connections of one user of the application. */
  readonly applicationLimit: number;
}

/**
 * What the agent and the archiver may call, and what checks that run with the rights of whoever writes must call. All else is the
 * owner's.
 */
const RIGHTS = `
REVOKE ALL ON ALL ROUTINES IN SCHEMA holdfast FROM PUBLIC;
GRANT EXECUTE ON FUNCTION holdfast.guard(), holdfast.guard_table(regclass), holdfast.is_unguarded(oid),
  holdfast.is_open(), holdfast.is_fenced(oid), holdfast.now_ms(), holdfast.current_timeline() TO PUBLIC;
GRANT EXECUTE ON FUNCTION holdfast.renew_lease(bigint, bigint, bigint), holdfast.open_lease(bigint, bigint),
  holdfast.begin_lease(bigint, bigint, bigint),
  holdfast.close_lease(bigint, bigint), holdfast.end_sessions(), holdfast.status() TO ${AGENT.role};
GRANT EXECUTE ON FUNCTION ${CALLED_BY_ALL.join(', ')} TO PUBLIC;
GRANT EXECUTE ON FUNCTION holdfast.make_archive_slot() TO ${AGENT.role}, ${ARCHIVE.role};
GRANT EXECUTE ON FUNCTION holdfast.archive_heartbeat(bigint, boolean), holdfast.unarchivable(),
  holdfast.is_archive_missing() TO ${ARCHIVE.role};
GRANT SELECT ON holdfast.archive_slot, holdfast.sentinel TO ${ARCHIVE.role};
`;

/** Makes groups and users that are missing. One that is there keeps its password, and whether it may log in. */
export async function ensureUsers(session: Session, users: Users): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [USERS_LOCK]);
  for (const [group, user] of [
    [APPLICATION, users.application],
    [AGENT, users.agent],
    [ARCHIVE, users.archive],
    [MONITOR, users.monitor],
  ] as const) {
    await ensureGroup(session, group);
    if (!(await roleExists(session, user.name))) await createUser(session, user, group);
  }
}

export const grantRights = async (session: Session): Promise<void> => {
  await session.query(RIGHTS);
};

const USERS_OF_APPLICATION = `
  SELECT u.rolname AS name FROM pg_auth_members m
    JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
   WHERE g.rolname = $1 AND u.rolconnlimit <> $2 AND holdfast.is_fenced(u.oid)`;

/** Leaves connections for the agent, whatever the application does. */
export async function limitConnections(session: Session, limit: number): Promise<void> {
  for (const { name } of await session.query(USERS_OF_APPLICATION, [APPLICATION.role, limit])) {
    await session.query(`ALTER ROLE ${quoted(String(name))} CONNECTION LIMIT ${limit}`);
  }
}

const FENCED_LOGINS =
  'SELECT rolname AS name, rolsuper AS super FROM pg_roles WHERE rolcanlogin AND holdfast.is_fenced(oid) ORDER BY 1';

/**
 * Tries on every role what the fence will do to it, and undoes it. To be called within a transaction.
 * @throws {UnfenceableRole}
 */
export async function checkRoles(session: Session): Promise<void> {
  for (const { name, super: isSuper } of await session.query(FENCED_LOGINS)) {
    const role = String(name);
    if (isSuper === true) throw new UnfenceableRole(role, 'it is a superuser');
    await session.query('SAVEPOINT role');
    try {
      await session.query(`ALTER ROLE ${quoted(role)} NOLOGIN`);
    } catch (error) {
      throw new UnfenceableRole(role, `its owner here may not alter it (${sentenceOf(error)})`, {
        cause: error,
      });
    }
    await session.query('ROLLBACK TO SAVEPOINT role');
  }
}

/** @returns why the exporter of metrics sees its own sessions only; undefined if it sees all */
export async function allowMonitoring(session: Session): Promise<string | undefined> {
  try {
    await session.query(`GRANT pg_monitor TO ${MONITOR.role}`);
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Since PostgreSQL 16. @returns why the agent has no connection of its own to fall back on; undefined if it has */
export async function reserveConnection(session: Session): Promise<string | undefined> {
  try {
    await session.query(`GRANT pg_use_reserved_connections TO ${AGENT.role}`);
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}
