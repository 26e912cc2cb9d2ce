import { prepareUsers } from './application-users';
import { APPLICATION_ROLE, APPLICATION_USERS } from './contract';
import { LoginRefused, MissingRights } from './errors';
import { credentialOf, type Fields } from './fields';
import type { Credential, Database, Randomness } from './ports';
import type { Rotation } from './rotate';
import { SALT_BYTES, scramVerifier } from './scram';

const PASSWORD_LENGTH = 40;

/**
 * Two users in turn: the next value is of the user that is not in use, so that sessions and readers of the current
 * one live on until the rotation after this one.
 * @param owner the credential that may make users, read anew at each use
 */
export function databaseApplication(
  secret: string,
  database: Database,
  owner: () => Promise<Credential>,
  random: Randomness,
): Rotation {
  const verifierOf = ({ username, password }: Credential): { name: string; verifier: string } => ({
    name: username,
    verifier: scramVerifier(password, random.bytes(SALT_BYTES)),
  });
  return {
    next(current) {
      const [first, second] = APPLICATION_USERS;
      const username = current.username === first ? second : first;
      return { ...current, username, password: random.password(PASSWORD_LENGTH) };
    },
    async set(pending, current) {
      const next = credentialOf(secret, pending);
      if (await accepts(database, next)) return;
      const now = credentialOf(secret, current);
      const ours = APPLICATION_USERS.some((user) => user === now.username);
      const session = await database.connect(await owner());
      try {
        await prepareUsers(session, verifierOf(next), ours ? verifierOf(now) : undefined);
      } finally {
        await session.end();
      }
    },
    test: (pending: Fields) => testMembership(database, credentialOf(secret, pending)),
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

async function testMembership(database: Database, credential: Credential): Promise<void> {
  const session = await database.connect(credential);
  try {
    const [row] = await session.query("SELECT pg_has_role($1, 'USAGE') AS member", [APPLICATION_ROLE]);
    if (row?.member !== true) throw new MissingRights(credential.username, APPLICATION_ROLE);
  } finally {
    await session.end();
  }
}
