import { HoldfastError } from '../../runtime/errors';
import type { SecretsManager } from './secrets-manager';

/** With what the agent logs in to its database. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** The secret has no value, or one that is no credential; it is not shown. */
export class NoCredential extends HoldfastError {
  constructor(readonly secret: string) {
    super(`The secret ${secret} holds no username and password.`);
  }
}

/**
 * @returns reads the credential anew each time, because it rotates between two users
 * @throws {NoCredential} and what `SecretsManager` throws
 */
export function databaseCredential(api: SecretsManager, secret: string): () => Promise<Credential> {
  return async () => {
    const value = await api.current(secret);
    const credential = value && 'SecretString' in value ? parse(value.SecretString) : undefined;
    if (!credential) throw new NoCredential(secret);
    return credential;
  };
}

function parse(text: string): Credential | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    // The parser's error would show the text.
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { username, password } = fields as Record<string, unknown>;
  const complete = typeof username === 'string' && typeof password === 'string' && username && password;
  return complete ? { username, password } : undefined;
}
