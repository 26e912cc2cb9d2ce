/** A mapping of YAML, with keys as they were written. */
export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns what a mapping itself holds under a key; never what every object inherits */
export const field = (mapping: unknown, key: string): unknown =>
  isMapping(mapping) && Object.hasOwn(mapping, key) ? mapping[key] : undefined;

/** @returns the entries of a mapping; none of anything else */
export const entriesOf = (value: unknown): [string, unknown][] =>
  isMapping(value) ? Object.entries(value) : [];

/** @returns the elements of a list; a single value is a list of one, nothing a list of none */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** @returns a scalar as Compose writes it; undefined for a mapping, a list or nothing */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** @returns a number that is written as one or as its text; undefined for anything else */
export function numberOf(value: unknown): number | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  return Number(text);
}

/** @returns a truth value that is written as one or as its text; undefined for anything else */
export function booleanOf(value: unknown): boolean | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  if (text === undefined) return undefined;
  if (['true', 'yes', 'on', '1'].includes(text)) return true;
  return ['false', 'no', 'off', '0'].includes(text) ? false : undefined;
}
