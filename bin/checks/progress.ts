import type { Step } from './run';

/** Draws how far the questions are, over itself, and only where a person looks. */
export function progress(terminal: { readonly showsProgress: boolean; err(text: string): void }): {
  readonly step: Step;
  clear(): void;
} {
  if (!terminal.showsProgress) return { step: () => {}, clear: () => {} };
  const CLEAR_LINE = '\r\x1b[2K';
  return {
    step: (done, of) => terminal.err(`${CLEAR_LINE}Asking AWS: ${done} of ${of}`),
    clear: () => terminal.err(CLEAR_LINE),
  };
}
