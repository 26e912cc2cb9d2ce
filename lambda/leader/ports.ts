import { HoldfastError } from '../runtime/errors';
import type { Item } from './item';

/**
 * The leadership table as one region serves it. Every reply is of the latest write anywhere; none of the calls is
 * repeated by the adapter, because what a repetition means is the caller's to decide.
 */
export interface LeadershipTable {
  readonly region: string;
  /** @returns the item, read strongly consistent; undefined if there is none */
  read(signal: AbortSignal): Promise<Item | undefined>;
  /**
   * Writes the item if there is none.
   * @throws {ConditionRefused} if there is one; any other error leaves open whether it was written
   */
  create(item: Item, signal: AbortSignal): Promise<void>;
  /**
   * Writes the item over the one that is there, if that is of the expected version.
   * @throws {ConditionRefused} if it is not, or if there is none; any other error leaves open whether it was written
   */
  replace(item: Item, expectedVersion: number, signal: AbortSignal): Promise<void>;
}

/** Definite: the table holds something else than the write expected. */
export class ConditionRefused extends HoldfastError {
  constructor(
    readonly region: string,
    options?: ErrorOptions,
  ) {
    super(`The leadership table in ${region} refused the write: its record is not as expected.`, options);
  }
}

/** Two regions wrote at the same instant, and this one lost: the same write may be sent again. */
export class WriteConflict extends HoldfastError {
  constructor(
    readonly region: string,
    options?: ErrorOptions,
  ) {
    super(`The leadership table in ${region} was written by another region at the same instant.`, options);
  }
}

/** Gives each write a name of its own. */
export type Nonce = () => string;
