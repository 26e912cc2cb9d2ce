import type { Clock } from './clock';
import { TimedOut } from './errors';

/**
 * Runs `work` for at most `milliseconds`. It is told by its signal to stop, and is no longer waited for if it does
 * not: its outcome is then unknown, and the caller must read back what happened.
 * @param operation what is attempted, as the beginning of a sentence
 * @throws {TimedOut} and whatever `work` throws in time
 */
export async function attempt<T>(
  clock: Clock,
  milliseconds: number,
  operation: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timer = new AbortController();
  const stop = new AbortController();
  const late = clock.sleep(milliseconds, timer.signal).then((): never => {
    const error = new TimedOut(operation, milliseconds);
    stop.abort(error);
    throw error;
  });
  // Work that throws before its first await must not leave the timer's rejection without a listener.
  const working = (async () => work(stop.signal))();
  try {
    return await Promise.race([working, late]);
  } finally {
    // The aborted sleep rejects; the race has taken that up already.
    timer.abort();
  }
}
