import type { Credential, Database } from '../runtime/postgres/session';

export interface Secrets {
  /**
   * @returns the user and the password in the current value of a secret
   * @throws {MalformedSecret}
   */
  credential(secret: string): Promise<Credential>;
}

/** What the set-up works with. */
export interface Ports {
  readonly database: Database;
  readonly secrets: Secrets;
  /** Makes what nobody can guess, from a cryptographic source. */
  readonly bytes: (length: number) => Uint8Array;
}

/** Names of secrets. */
export interface SecretNames {
  readonly owner: string;
  readonly application: string;
  readonly agent: string;
  readonly archive: string;
  readonly monitor: string;
}
