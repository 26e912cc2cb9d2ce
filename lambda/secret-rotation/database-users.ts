import { type Credential, type Database, LoginRefused } from '../runtime/postgres/session';
import { type Group, userOf } from '../runtime/postgres/users';
import { credentialOf, type Fields } from '../runtime/secret-fields';
import { MissingRights } from './errors';
import type { Randomness } from './ports';
import { prepareUsers } from './prepare-users';
import type { Rotation } from './rotate';

const PASSWORD_LENGTH = 40;

/** Two users of a group, of whom one is in use. */
export interface Turns {
  readonly group: Group;
  readonly users: readonly [string, string];
}

/**
 * Two users in turn: the next value is of the user that is not in use, so that sessions and readers of the current
 * one live on until the rotation after this one.
 * @param owner the credential that may make users, read anew at each use
 */
export function databaseUsers(
  secret: string,
  { group, users }: Turns,
  database: Database,
  owner: () => Promise<Credential>,
  random: Randomness,
): Rotation {
  return {
    next(current) {
      const [first, second] = users;
      const username = current.username === first ? second : first;
      return { ...current, username, password: random.password(PASSWORD_LENGTH) };
    },
    async set(pending, current) {
      const next = credentialOf(secret, pending);
      if (await accepts(database, next)) return;
      const now = credentialOf(secret, current);
      const ours = users.some((user) => user === now.username);
      const session = await database.connect(await owner());
      try {
        const inUse = ours ? userOf(now, random.bytes) : undefined;
        await prepareUsers(session, group, userOf(next, random.bytes), inUse);
      } finally {
        await session.end();
      }
    },
    test: (pending: Fields) => testMembership(database, group, credentialOf(secret, pending)),
  };
}

/** @returns whether the database accepts the credential; an unreachable one is an error */
export async function accepts(database: Database, credential: Credential): Promise<boolean> {
  try {
    const session = await database.connect(credential);
    await session.end();
    return true;
  } catch (error) {
    if (error instanceof LoginRefused) return false;
    throw error;
  }
}

async function testMembership(database: Database, { role }: Group, credential: Credential): Promise<void> {
  const session = await database.connect(credential);
  try {
    const [row] = await session.query("SELECT pg_has_role($1, 'USAGE') AS member", [role]);
    if (row?.member !== true) throw new MissingRights(credential.username, role);
  } finally {
    await session.end();
  }
}
