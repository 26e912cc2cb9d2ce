import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, nameOf, sentenceOf } from '../../runtime/errors';
import { LastingFailure } from '../deliver/lasting';

/**
 * One attempt with a deadline and no retry by the SDK: the relay itself decides what is tried again, and for how long.
 */
export const ONE_ATTEMPT = { maxAttempts: 1 } as const;

/** Of one request, in milliseconds. */
const REQUEST_MS = 5_000;

/** AWS has not done what it was asked for. */
export class RequestFailed extends HoldfastError {}

/** What nobody can wait out. Names as the services give them. */
const LASTING =
  /^(AccessDenied|AuthorizationError|NotFound|ResourceNotFound|InvalidParameter|InvalidRequest|KMSAccessDenied|KMSDisabled|KMSNotFound|DecryptionFailure)/;

/**
 * @param operation as the beginning of a sentence
 * @throws {TimedOut}
 * @throws {LastingFailure} if it would be refused again
 * @throws {RequestFailed} otherwise
 */
export function request<T>(
  clock: Clock,
  operation: string,
  work: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  return attempt(clock, REQUEST_MS, operation, async (signal) => {
    try {
      return await work(signal);
    } catch (error) {
      const sentence = `${operation} failed: ${sentenceOf(error)}`;
      throw LASTING.test(nameOf(error)) ? new LastingFailure(sentence) : new RequestFailed(sentence);
    }
  });
}
