import { HoldfastError } from '../errors';

/** A PostgreSQL as functions see it; `connect.ts` has the real one. */

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/**
 * What the name of each session of Holdfast begins with. The fence ends a session of the owner that is named otherwise,
 * for example that of a migration, once the lease is over.
 */
export const OWN_NAMES = 'holdfast-';
export type OwnName = `${typeof OWN_NAMES}${string}`;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

export type Row = Readonly<Record<string, unknown>>;

/** One connection to the database. */
export interface Session {
  /** @throws the error of PostgreSQL, with its SQLSTATE as `code` */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** False once the connection is known to have ended. */
  isOpen(): boolean;
  end(): Promise<void>;
}

export interface Database {
  /**
   * @throws {LoginRefused} if the database does not accept the credential
   * @throws {DatabaseUnreachable} if it could not be asked
   */
  connect(credential: Credential): Promise<Session>;
}

/** The database does not accept a credential. */
export class LoginRefused extends HoldfastError {
  constructor(
    readonly username: string,
    options?: ErrorOptions,
  ) {
    super(`The database does not accept the credential of ${username}.`, options);
  }
}

export class DatabaseUnreachable extends HoldfastError {
  constructor(
    readonly host: string,
    options?: ErrorOptions,
  ) {
    super(`The database at ${host} could not be reached.`, options);
  }
}

/** @returns the SQLSTATE of PostgreSQL's errors, the code of Node's; `''` for what has none */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
