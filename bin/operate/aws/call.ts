import { attempt } from '../../../lambda/runtime/attempt';
import { systemClock } from '../../../lambda/runtime/clock';
import { CallFailed } from '../../checks/failures';
import type { OperatorAction } from '../policy';

/** One question with its retries, in milliseconds: a region that has gone must not keep the others waiting. */
const CALL_MS = 5_000;

/**
 * Asks AWS one thing, for a short time.
 * @param action permission that it needs; also how a failure names it
 * @throws CallFailed
 */
export async function call<T>(
  action: OperatorAction,
  region: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(systemClock, CALL_MS, action, (abortSignal) => send({ abortSignal }));
  } catch (error) {
    throw new CallFailed(action, region, error);
  }
}
