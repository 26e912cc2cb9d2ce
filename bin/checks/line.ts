/** What a check found out about one thing. */
export interface Line {
  readonly check: string;
  /** A region, or `global`. */
  readonly place: string;
  /** `unknown`: the question got no answer, so nobody may say that all is well. */
  readonly state: State;
  readonly sentence: string;
  /** Commands or steps for a person. Of an `ok` line: what is to do after the deployment. */
  readonly fix?: string;
}
export type State = 'ok' | 'todo' | 'unknown';

/** What a task finds out; the runner adds check and place. */
export type Finding = Omit<Line, 'check' | 'place'>;

export const GLOBAL = 'global';

export const ok = (sentence: string): Finding => ({ state: 'ok', sentence });
/** Nothing stands in the way of a deployment; `fix` is for afterwards. */
export const later = (sentence: string, fix: string): Finding => ({ state: 'ok', sentence, fix });
export const todo = (sentence: string, fix?: string): Finding => ({
  state: 'todo',
  sentence,
  ...(fix === undefined ? {} : { fix }),
});
export const unknown = (sentence: string): Finding => ({ state: 'unknown', sentence });
