import type { Role } from '../../lib/config/platform';
import type { Expectation } from '../../lib/drill/model';
import type { Account, Figures, Jobs, RequestRecord, Sample } from './model';
import type { World } from './world';

/** What a scenario does things with. Times are those of the platform file; the pace divides them. */
export interface Stage {
  readonly world: World;
  /** Says what happens, in a sentence. */
  note(sentence: string): void;
  /** Lets so many seconds of the platform's time pass. */
  pass(seconds: number): Promise<void>;
  /**
   * Waits until something is so.
   * @param what ends the sentence `It was expected that ...`
   * @param seconds of the platform's time, at most; afterwards the drill fails with the sentence
   */
  until(what: string, holds: (now: Sample) => boolean, seconds: number): Promise<void>;
  /** Marks the beginning of the trouble: what the figures count from. */
  trouble(sentence: string): void;
  /** Says whether something held that only the steps can tell. */
  judge(expectation: Expectation): void;
  /** Runs a command of Holdfast, as an operator does. @returns what it printed @throws if it fails */
  holdfast(...command: string[]): Promise<string>;
  /** Region that leads now, as the record says. */
  leader(): Role;
  /** What was seen last. */
  now(): Sample;
  /**
   * Acknowledged writes of this scenario, and those that earlier ones on the same deployment left behind, that the database
   * that leads does not have, in the order of their answers.
   */
  missing(): Promise<readonly RequestRecord[]>;
  /** Seconds from the loss of a leader until the other takes writes, with the timings in use and without the promotion. */
  readonly boundSeconds: number;
}

/** What there is to judge when the scenario has ended. */
export interface Evidence {
  readonly samples: readonly Sample[];
  readonly requests: readonly RequestRecord[];
  /** Requests a second that were to be sent. */
  readonly perSecond: number;
  readonly account: Account;
  readonly figures: Figures;
  /** How far the archive may be behind, in seconds; absent if the platform has none, or salvage was not asked. */
  readonly archiveBoundSeconds?: number;
  /** Absent if the platform has no queue. */
  readonly jobs?: Jobs;
  readonly troubleMs: number | undefined;
  readonly writableMs: number | undefined;
}

export interface Scenario {
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly says: string;
  readonly steps: (stage: Stage) => Promise<void>;
  readonly expect: readonly ((evidence: Evidence) => Expectation)[];
}
