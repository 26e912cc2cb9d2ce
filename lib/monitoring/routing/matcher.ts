/** A condition on one label of an alert, in the words of Alertmanager. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export const equals = (label: string, value: string): Matcher => ({ label, operator: '=', value });
export const differs = (label: string, value: string): Matcher => ({ label, operator: '!=', value });

/** @returns the condition that a label has one of some words; no words: no condition */
export function oneOfValues(label: string, values: readonly string[]): Matcher[] {
  const [first] = values;
  if (first === undefined) return [];
  return [
    values.length === 1 ? equals(label, first) : { label, operator: '=~', value: alternatives(values) },
  ];
}

/** @returns the condition that a label has none of some words */
export const noneOfValues = (label: string, values: readonly string[]): Matcher => ({
  label,
  operator: '!~',
  value: alternatives(values),
});

/** Words that stand in expressions as they are: names of alerts and words of a fixed list. */
const WORD = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Alertmanager anchors expressions at both ends. */
function alternatives(values: readonly string[]): string {
  const odd = values.find((value) => !WORD.test(value));
  if (odd !== undefined) throw new RangeError(`"${odd}" cannot be one of several words of a condition.`);
  return values.join('|');
}

/** `severity="critical"` */
export const renderMatcher = ({ label, operator, value }: Matcher): string =>
  `${label}${operator}${JSON.stringify(value)}`;
