import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Plan } from './plan';
import { QuotaReached } from './ports';

/** What a start has beside the world: the time, and until when. */
export interface Host {
  readonly clock: Clock;
  /** On the monotonic clock, in milliseconds: nothing is begun that may not end by then. */
  readonly deadline: number;
}

/** What one component came to in one start. */
export interface ComponentReport {
  /** What was done, one sentence each. */
  readonly done: readonly string[];
  readonly failures: readonly string[];
  readonly notes: readonly string[];
  /** Whether AWS refused something because of a quota. */
  readonly quota: boolean;
  /** Seconds since the newest good backup in the own region was taken; null if there is none, or it is not known. */
  readonly ageSeconds: number | null;
  /** What is there, for a person and for other programs. */
  readonly inventory: unknown;
}

/** Longest that one action may take, in milliseconds: one request with its repetitions. */
export const ACTION_MS = 30_000;

type Outcome = Pick<ComponentReport, 'done' | 'failures' | 'notes' | 'quota'>;

/**
 * Does what a plan says, one action after the other. One that fails does not keep the others from being done; what there
 * is no time for is left to the next start.
 */
export async function carryOut<A>(
  plan: Plan<A>,
  nameOf: (action: A) => string,
  perform: (action: A) => Promise<void>,
  { clock, deadline }: Host,
): Promise<Outcome> {
  const done: string[] = [];
  const failures = [...plan.failures];
  const notes = [...plan.notes];
  let quota = false;
  for (const [index, action] of plan.actions.entries()) {
    if (clock.monotonic() + ACTION_MS > deadline) {
      notes.push(`${plan.actions.length - index} more are left to the next start: the time is up.`);
      break;
    }
    try {
      await perform(action);
      done.push(`${nameOf(action)}: done.`);
    } catch (error) {
      quota ||= error instanceof QuotaReached;
      failures.push(withEnd(sentenceOf(error)));
    }
  }
  return { done, failures, notes, quota };
}

const withEnd = (sentence: string): string => (/[.!)]$/.test(sentence) ? sentence : `${sentence}.`);
