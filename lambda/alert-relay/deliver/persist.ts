import type { Clock } from '../../runtime/clock';
import type { Dice } from '../ports';
import type { Outcome } from './outcome';

/** Longest wait for one answer, in milliseconds: Slack and PagerDuty answer within one or two seconds. */
export const ATTEMPT_MS = 8_000;
/** An attempt with less time than this tells nothing. */
const LEAST_MS = 1_000;
/** Waits grow from the first to the second of these, in milliseconds. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

export interface Patience {
  readonly clock: Clock;
  readonly dice: Dice;
  /** On the monotonic clock: nothing is waited for beyond it. */
  readonly deadline: number;
}

/**
 * Attempts until it is delivered, refused for good, or there is no time for another attempt; then the queue brings the
 * message again. Waits double, with half of each left to chance, so that messages that failed together do not come
 * together again. A server that says when to come is obeyed.
 * @param once one attempt that ends within the given time, in milliseconds
 * @returns the last outcome, and how many attempts were made
 */
export async function persist(
  once: (timeoutMs: number) => Promise<Outcome>,
  { clock, dice, deadline }: Patience,
): Promise<{ readonly outcome: Outcome; readonly attempts: number }> {
  let outcome: Outcome = { kind: 'later', sentence: 'There was no time for an attempt.', afterMs: 0 };
  for (let attempts = 0; ; attempts += 1) {
    const leftMs = deadline - clock.monotonic();
    if (leftMs < LEAST_MS) return { outcome, attempts };
    outcome = await once(Math.min(ATTEMPT_MS, leftMs));
    if (outcome.kind !== 'later') return { outcome, attempts: attempts + 1 };
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);
    const waitMs = Math.max(outcome.afterMs, longest * (0.5 + dice.roll() / 2));
    if (clock.monotonic() + waitMs + LEAST_MS > deadline) return { outcome, attempts: attempts + 1 };
    await clock.sleep(waitMs);
  }
}
