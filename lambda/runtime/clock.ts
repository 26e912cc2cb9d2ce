import { setTimeout as wait } from 'node:timers/promises';

/** Time as the domain sees it. Tests hand in a clock that they move themselves. */
export interface Clock {
  /** Milliseconds since 1970, as this host believes. Clocks of two hosts are never compared. */
  now(): number;
  /**
   * Milliseconds since some moment, never stepped and never slewed back, whatever happens to the clock above: what a
   * duration is measured by. Comparable within one process only.
   */
  monotonic(): number;
  /**
   * Resolves after `milliseconds`.
   * @throws `AbortError` as soon as `signal` is aborted, so that a wait nobody needs keeps no process alive
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The one place where functions ask the host for the time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal ? { signal } : {}),
};
