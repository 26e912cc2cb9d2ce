/** Asks a person; tests answer in its place. */
export interface Prompts {
  /** @param check says why an answer will not do; undefined if it will */
  text(question: {
    readonly message: string;
    readonly default?: string | undefined;
    check(answer: string): string | undefined;
  }): Promise<string>;
  choose(question: {
    readonly message: string;
    readonly choices: readonly string[];
    readonly default: string;
  }): Promise<string>;
  confirm(question: { readonly message: string; readonly default: boolean }): Promise<boolean>;
}

/** The person went away in the middle of the questions. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
