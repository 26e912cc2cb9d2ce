import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, nameOf, sentenceOf } from '../../runtime/errors';
import { ACTION_MS } from '../host';
import { QuotaReached } from '../ports';

/**
 * How the function talks to AWS: the SDK repeats what was throttled, three attempts in all, and one deadline bounds
 * them. What did not succeed is looked at again by the next start.
 */
export const THREE_ATTEMPTS = { maxAttempts: 3 } as const;

/** AWS answered, and not with what was asked for. */
export class RequestFailed extends HoldfastError {
  /** As AWS names it, without the ending that the SDK gives to some: `DBSnapshotNotFound`. */
  readonly code: string;

  constructor(
    readonly operation: string,
    error: unknown,
  ) {
    super(`${operation} failed: ${sentenceOf(error)}`, { cause: error });
    this.code = codeOf(error);
  }
}

/** Sends one request. `operation` is what it does, as the beginning of a sentence: `The snapshot x of the database y`. */
export type Send = <T>(operation: string, work: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * @returns sends requests
 * @throws {TimedOut} what the request did is unknown
 * @throws {QuotaReached}
 * @throws {RequestFailed}
 */
export function sender(clock: Clock): Send {
  return (operation, work) =>
    attempt(clock, ACTION_MS, operation, async (signal) => {
      try {
        return await work(signal);
      } catch (error) {
        if (QUOTAS.test(codeOf(error))) throw new QuotaReached(operation, { cause: error });
        throw new RequestFailed(operation, error);
      }
    });
}

/** `SnapshotQuotaExceeded`, `DBInstanceAutomatedBackupQuotaExceeded`, `StorageQuotaExceeded`, `SnapshotQuotaExceededFault`. */
const QUOTAS = /QuotaExceeded|^LimitExceeded/;

const codeOf = (error: unknown): string => nameOf(error).replace(/(Fault|Exception)$/, '');

/** @returns whether AWS refused a request with one of the codes */
export const refusedWith = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof RequestFailed && codes.includes(error.code);

/** What is not there is an answer like any other. */
export async function absentIs<T>(
  codes: readonly string[],
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (refusedWith(error, ...codes)) return undefined;
    throw error;
  }
}

/** The refusal says that everything is as wished already. */
export async function unless(codes: readonly string[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!refusedWith(error, ...codes)) throw error;
  }
}

/** @returns the items of all pages; each is asked for with what the one before ended with */
export async function allPages<T>(
  page: (
    marker: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  do {
    const { items, next } = await page(marker);
    all.push(...items);
    marker = next || undefined;
  } while (marker !== undefined);
  return all;
}
