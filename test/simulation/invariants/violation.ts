/** What was broken: an invariant of the design by its number, or one of the rules that they rest on. */
export type Rule = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 10 | 11 | 12 | 'truth';

export interface Violation {
  readonly rule: Rule;
  readonly atMs: number;
  readonly sentence: string;
}

/** Told of a violation; the first one ends a history. */
export type Report = (rule: Rule, sentence: string) => void;

/** How a sentence names a server. */
export const nameOf = ({ place, number }: { readonly place: string; readonly number: number }): string =>
  `the database in ${place} (server ${number})`;
