import { BadTarget } from '../../lambda/archive/restore/target';
import type { Clock } from '../../lambda/runtime/clock';
import { sentenceOf } from '../../lambda/runtime/errors';
import { EXIT, type Exit, type Terminal } from '../commands/terminal';
import { BadRequest } from './database/request';

/** How a command of recovery tells what it does, for a person or for a program. */

export type Outcome = 'done' | 'would' | 'refused' | 'failed' | 'unknown';

export interface Ended {
  readonly outcome: Outcome;
  /** What became of it, and what to do next. */
  readonly sentences: readonly string[];
  /** For programs only. */
  readonly result?: unknown;
}

export interface Event {
  readonly seconds: number;
  readonly sentence: string;
}

/** How the work is to be done. */
export interface Manner {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly clock: Clock;
  /** Ends the wait, never what AWS has begun. */
  readonly stop: AbortSignal;
}

export const EXITS: Readonly<Record<Outcome, Exit>> = {
  done: EXIT.ok,
  would: EXIT.ok,
  refused: EXIT.notOk,
  failed: EXIT.notOk,
  unknown: EXIT.unknown,
};

const LEADS: Readonly<Record<Outcome, string>> = {
  done: 'done. ',
  would: 'nothing was changed. ',
  refused: 'refused. ',
  failed: 'failed: ',
  unknown: 'outcome unknown. ',
};

/**
 * Does the work, and tells it: each event as it comes, and the end. What fails is told as a sentence.
 * @param explain says what a failure means
 */
export async function telling(
  platform: string,
  command: string,
  terminal: Terminal,
  { json, dryRun, clock }: Manner,
  work: (tell: (sentence: string) => void) => Promise<Ended>,
  explain: (error: unknown) => string = sentenceOf,
): Promise<Ended> {
  const startMs = clock.now();
  const events: Event[] = [];
  const tell = (sentence: string): void => {
    const seconds = Math.round((clock.now() - startMs) / 1000);
    events.push({ seconds, sentence });
    if (!json) terminal.out(`${String(seconds).padStart(6)} s  ${sentence}\n`);
  };
  const ended = await endOf(work(tell), explain);
  const { outcome, sentences, result } = ended;
  if (json) {
    const told = {
      platform,
      command,
      dryRun,
      outcome,
      sentences,
      events,
      ...(result === undefined ? {} : { result }),
    };
    terminal.out(`${JSON.stringify(told, null, 2)}\n`);
  } else {
    const [first = '', ...rest] = sentences;
    terminal.out([`${platform}: ${LEADS[outcome]}${first}`, ...rest.map((one) => `  ${one}`), ''].join('\n'));
  }
  return ended;
}

async function endOf(work: Promise<Ended>, explain: (error: unknown) => string): Promise<Ended> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Interrupted) {
      return {
        outcome: 'unknown',
        sentences: ['The wait was ended; what was begun goes on. Say the same command again to go on.'],
      };
    }
    const isWrong = error instanceof BadRequest || error instanceof BadTarget;
    return { outcome: isWrong ? 'refused' : 'failed', sentences: [explain(error)] };
  }
}

/** Somebody does not want to wait any longer. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** @throws {Interrupted} */
export async function pause({ clock, stop }: Manner, milliseconds: number): Promise<void> {
  if (stop.aborted) throw new Interrupted();
  try {
    await clock.sleep(milliseconds, stop);
  } catch (error) {
    if (stop.aborted) throw new Interrupted();
    throw error;
  }
}
