/** What a check has found, as a sentence that says what to do. */
export interface Finding {
  /** `refuse`: the import cannot begin. `note`: it can, and this is what it does not do. */
  readonly kind: 'refuse' | 'note';
  readonly sentence: string;
}

export const refuse = (sentence: string): Finding => ({ kind: 'refuse', sentence });
export const note = (sentence: string): Finding => ({ kind: 'note', sentence });

/** @returns the finding if there are names at all */
export const ifAny = (names: readonly string[], make: (list: string) => Finding): readonly Finding[] =>
  names.length === 0 ? [] : [make(shortened(names))];

const NAMES_MAX = 20;

/** Some names, and how many more there are. */
export const shortened = (names: readonly string[]): string =>
  names.length <= NAMES_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`;
