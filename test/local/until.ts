import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so. @throws if it does not come true; with two busy cores it may take a while */
export async function until(holds: () => boolean, milliseconds = 20_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`It did not come true within ${milliseconds / 1000} s.`);
    await wait(3);
  }
}
