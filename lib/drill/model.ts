/**
 * What every drill's report holds, on one machine and in an account: what was said, what was expected, what held. Times are
 * milliseconds since 1970.
 */

/** Something that happened, told in a sentence. */
export interface Entry<Who extends string = string> {
  readonly atMs: number;
  /** Whose sentence it is: a part of the drill, an agent, ... */
  readonly who: Who;
  readonly sentence: string;
}

export interface Expectation {
  /** A sentence: `No write was accepted by both sides`. */
  readonly name: string;
  readonly held: boolean;
  /** What was found, with figures. */
  readonly found: string;
}

export interface Verdict {
  readonly expectations: readonly Expectation[];
  readonly verdict: 'passed' | 'failed';
  /** One sentence for each expectation. */
  readonly verdictSays: readonly string[];
}

export interface Report<Who extends string = string> extends Verdict {
  readonly name: 'drill';
  readonly scenario: string;
  /** What the scenario does, in a sentence or two. */
  readonly says: string;
  readonly platform: string;
  /** Names of the regions. */
  readonly regions: { readonly home: string; readonly standby: string; readonly witness: string };
  readonly beganMs: number;
  readonly endedMs: number;
  readonly journal: readonly Entry<Who>[];
  readonly settings: Readonly<Record<string, string>>;
}
