import { setTimeout as wait } from 'node:timers/promises';

/** From the whole second until something is done: the clock of a server must not be in the second before. */
const AFTER_MS = 20;
/** A commit is known to the microsecond, the clock here to the millisecond. */
const CLEAR_MS = 5;
const ATTEMPTS = 10;

/**
 * Does something right after a whole second has begun, and takes the time in the same second, when it is done. What was
 * done cannot be had back from a backup that knows whole seconds only: the last one before the time is before it too.
 * @param work done anew in the next second, if it took longer than one
 * @returns what each time gave, and the time in ISO 8601, to the millisecond
 * @throws if the work is never done within its second
 */
export async function withinOneSecond<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: readonly T[]; readonly time: string }> {
  const done: T[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await wait(1000 - (Date.now() % 1000) + AFTER_MS);
    const begun = Date.now();
    done.push(await work());
    await wait(CLEAR_MS);
    const ended = Date.now();
    if (Math.floor(begun / 1000) === Math.floor(ended / 1000))
      return { done, time: new Date(ended).toISOString() };
  }
  throw new Error(`What has to be done within one second took longer ${ATTEMPTS} times.`);
}
