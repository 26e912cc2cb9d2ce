import type { Prompts } from '../init/prompts';

/** What a command knows of the place it runs in; tests hand in their own. */
export interface Terminal {
  /** Folder of the project: it holds `platforms/` and `package.json`. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Answers; the only thing on standard output, so that it can be piped. */
  out(text: string): void;
  /** Problems and progress. */
  err(text: string): void;
  /** Width of the terminal in characters, or undefined if standard output is none. */
  readonly columns: number | undefined;
  readonly colors: boolean;
  /** Whether progress may be drawn over itself on `err`. */
  readonly showsProgress: boolean;
  /** Asks a person for a line; absent where nobody can type. */
  ask?(question: string): Promise<string>;
  /** Asks a person for a line that nobody may see: what is typed is not shown. Absent where nobody can type. */
  askHidden?(question: string): Promise<string>;
  /** All of standard input, to its end. Absent where a person sits there. */
  input?(): Promise<Uint8Array>;
  /** Asks a person with defaults and choices; absent where nobody can type. */
  prompts?(): Prompts;
  /**
   * Makes Ctrl-C, from now on, end what waits instead of the process.
   * @returns aborted by it; absent where there is no Ctrl-C
   */
  interruption?(): AbortSignal;
}

/** How a command ends. */
export const EXIT = {
  ok: 0,
  /** There is something to do, or it failed. */
  notOk: 1,
  /** Called wrongly: an unknown command, option or platform, or a platform file that cannot be used. */
  wrongUse: 2,
  /** Something may have been changed, or goes on, and nobody can say what became of it. A wrong use says its usage. */
  unknown: 2,
  /** Of `health`: clients are not served. */
  down: 2,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];
