import { HoldfastError } from '../runtime/errors';

/** Where segments are kept: one bucket, as the archive sees it. Objects are immutable. */
export interface ObjectStore {
  /** Of which bucket this is, for a person: its name and region. */
  readonly name: string;
  /**
   * Puts an object under a key that must be free.
   * @returns `exists` if there is one already, which is left as it is
   * @throws {StoreFailed} if it is not known to be durable; it may be all the same
   */
  put(key: string, bytes: Uint8Array): Promise<'put' | 'exists'>;
  /**
   * @returns undefined if there is no such object
   * @throws {StoreFailed}
   */
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Lists keys in their order, which is that of their bytes.
   * @param after keys up to and including this one are left out
   * @throws {StoreFailed}
   */
  list(prefix: string, after?: string): AsyncIterable<string>;
}

/** The store gave no answer or a refusal. What it did is unknown, and is read back. */
export class StoreFailed extends HoldfastError {
  constructor(
    readonly operation: string,
    readonly key: string,
    readonly store: string,
    options?: ErrorOptions,
  ) {
    super(`${operation} of ${key} in ${store} failed.`, options);
  }
}
