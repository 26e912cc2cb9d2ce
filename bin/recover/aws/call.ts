import { attempt } from '../../../lambda/runtime/attempt';
import { systemClock } from '../../../lambda/runtime/clock';
import { CallFailed } from '../../checks/failures';
import type { RecoveryAction } from '../policy';

/** One request with its retries, in milliseconds. */
const CALL_MS = 30_000;

/**
 * Asks AWS one thing, for a limited time.
 * @param action permission that it needs; also how a failure names it
 * @throws CallFailed
 */
export async function call<T>(
  action: RecoveryAction,
  region: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  milliseconds = CALL_MS,
): Promise<T> {
  try {
    return await attempt(systemClock, milliseconds, action, (abortSignal) => send({ abortSignal }));
  } catch (error) {
    throw new CallFailed(action, region, error);
  }
}
