import type { DeepReadonly } from './platform';

/**
 * A frozen copy with the keys of every object in alphabetical order and without undefined values, so that the order
 * in which a file is written reaches nothing downstream.
 * @param value plain data: objects, arrays and scalars
 */
export function canonical<T>(value: T): DeepReadonly<T> {
  return copy(value) as DeepReadonly<T>;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(copy));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, inner]) => [key, copy(inner)] as const);
  return Object.freeze(Object.fromEntries(entries));
}

/** Order by code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The values of a mapping as a list, sorted by their names, which become part of them. */
export function named<T extends object>(record: Readonly<Record<string, T>>): (T & { name: string })[] {
  return Object.keys(record)
    .sort(compareText)
    .flatMap((name) => {
      const value = record[name];
      return value ? [{ ...value, name }] : [];
    });
}
