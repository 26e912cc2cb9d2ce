import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, nameOf, sentenceOf } from '../../runtime/errors';

/**
 * How the agent talks to AWS: one attempt with a deadline and no retry by the SDK. What a failed request means, and when
 * it is sent again, is the next turn's to decide; a region in trouble must not hold up a turn.
 */

/** Of one request, in milliseconds. A turn of several of them still ends within the poll of a watching agent. */
export const REQUEST_MS = 3_000;

/** Spread into the configuration of every client. */
export const ONE_ATTEMPT = { maxAttempts: 1 } as const;

/** AWS answered, and not with what was asked for. */
export class RequestFailed extends HoldfastError {
  /** As AWS names it, without the ending that the SDK gives to some: `DBInstanceNotFound`. */
  readonly code: string;

  constructor(
    readonly operation: string,
    error: unknown,
    sentence = `${operation} failed: ${sentenceOf(error)}`,
  ) {
    super(sentence, { cause: error });
    this.code = nameOf(error).replace(/Fault$/, '');
  }
}

/** AWS takes no more requests of this kind for the moment. */
export class Throttled extends RequestFailed {
  constructor(operation: string, error: unknown) {
    super(operation, error, `${operation} was throttled by AWS: ${sentenceOf(error)}`);
  }
}

/** Several things were to be done, each regardless of the others, and some of them failed. */
export class PartlyFailed extends HoldfastError {
  constructor(
    /** What was to be done, as the beginning of a sentence. */
    readonly operation: string,
    /** Name of the thing -> what happened to it. */
    readonly failures: ReadonlyMap<string, unknown>,
    total: number,
  ) {
    const details = [...failures].map(([name, error]) => `${name}: ${sentenceOf(error)}`).join(' ');
    super(`${operation} failed for ${failures.size} of ${total}. ${details}`);
  }
}

/** Sends one request. `operation` is what it does, as the beginning of a sentence: `The promotion of shop-db`. */
export type Send = <T>(operation: string, work: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * @param milliseconds deadline of each request
 * @returns sends requests
 * @throws {TimedOut} what the request did is unknown
 * @throws {Throttled}
 * @throws {RequestFailed}
 */
export function sender(clock: Clock, milliseconds = REQUEST_MS): Send {
  return (operation, work) =>
    attempt(clock, milliseconds, operation, async (signal) => {
      try {
        return await work(signal);
      } catch (error) {
        throw isThrottle(error) ? new Throttled(operation, error) : new RequestFailed(operation, error);
      }
    });
}

/** @returns whether AWS refused a request with one of the codes */
export const refusedWith = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof RequestFailed && codes.includes(error.code);

/**
 * Does `work` for every item, all at once, and waits for all of them.
 * @throws {PartlyFailed} naming every item that failed
 */
export async function forEach<T>(
  operation: string,
  items: readonly T[],
  nameOfItem: (item: T) => string,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(items.map((item) => work(item)));
  const failures = new Map<string, unknown>();
  for (const [index, item] of items.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'rejected') failures.set(nameOfItem(item), outcome.reason);
  }
  if (failures.size > 0) throw new PartlyFailed(operation, failures, items.length);
}

/** Each service of AWS names it in its own way. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const THROTTLES = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
]);

function isThrottle(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return THROTTLES.has(nameOf(error)) || $metadata?.httpStatusCode === 429;
}
