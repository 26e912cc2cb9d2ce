import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { postgres } from '../../runtime/postgres/connect';
import type { OwnName, Session } from '../../runtime/postgres/session';
import { credentialOf, MalformedSecret, parseFields } from '../../runtime/secret-fields';

/** Statements that replay or compare a large table take their time. */
const QUERY_MS = 14 * 60_000;

/** The owner's way into a restored copy, which has the password of the time that it was restored to. */
export interface OwnerLogin {
  password(): Promise<string>;
  /**
   * @throws {LoginRefused} if the database has another password, as one does that was restored from before a rotation
   * @throws {DatabaseUnreachable}
   */
  connect(host: string): Promise<Session>;
}

/**
 * @param name of the sessions
 * @param secret with the owner's credential, in the own region
 */
export function ownerLogin(name: OwnName, secret: string, port: number, database: string): OwnerLogin {
  const client = new SecretsManagerClient();
  const credential = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    if (SecretString === undefined) throw new MalformedSecret(secret, 'it holds no text');
    return credentialOf(secret, parseFields(secret, SecretString));
  };
  return {
    password: async () => (await credential()).password,
    connect: async (host) =>
      postgres({ host, port, database }, { name, queryMs: QUERY_MS }).connect(await credential()),
  };
}
