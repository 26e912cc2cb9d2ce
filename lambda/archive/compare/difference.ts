import type { TableContent } from '../restore/content';
import type { Content, SequenceContent } from './content';

/**
 * @param one what a person knows as `oneName`
 * @returns the first difference between two databases in one sentence; undefined if there is none. Tables that either of
 *   them left out are not compared.
 */
export function differenceOf(
  one: Content,
  other: Content,
  oneName = 'the first',
  otherName = 'the second',
): string | undefined {
  const names = { one: oneName, other: otherName };
  return (
    tablesDiffer(one, other, names) ??
    sequencesDiffer(one.sequences, other.sequences, names) ??
    cataloguesDiffer(one, other, names)
  );
}

interface Names {
  readonly one: string;
  readonly other: string;
}

function tablesDiffer(one: Content, other: Content, names: Names): string | undefined {
  const leftOut = new Set([...one.leftOut, ...other.leftOut]);
  const left = byName(one.tables, ({ table }) => table);
  const right = byName(other.tables, ({ table }) => table);
  for (const table of namesIn(left, right)) {
    if (leftOut.has(table)) continue;
    const difference = tableDiffers(table, left.get(table), right.get(table), names);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function tableDiffers(
  table: string,
  one: TableContent | undefined,
  other: TableContent | undefined,
  names: Names,
): string | undefined {
  if (!one || !other) return `${table} is in ${one ? names.one : names.other} only.`;
  if (one.rows !== other.rows) {
    return `${table} has ${one.rows} rows in ${names.one} and ${other.rows} in ${names.other}.`;
  }
  if (one.digest === other.digest) return undefined;
  return `${table} has ${one.rows} rows in both, and they are not the same.`;
}

function sequencesDiffer(
  one: readonly SequenceContent[],
  other: readonly SequenceContent[],
  names: Names,
): string | undefined {
  const left = byName(one, ({ sequence }) => sequence);
  const right = byName(other, ({ sequence }) => sequence);
  for (const sequence of namesIn(left, right)) {
    const [a, b] = [left.get(sequence), right.get(sequence)];
    if (a && b && a.last === b.last && a.called === b.called) continue;
    return `The sequence ${sequence} is at ${shown(a)} in ${names.one} and at ${shown(b)} in ${names.other}.`;
  }
  return undefined;
}

const shown = (sequence: SequenceContent | undefined): string => {
  if (!sequence) return 'nothing';
  return sequence.called ? sequence.last : `${sequence.last}, not given out yet,`;
};

function cataloguesDiffer(one: Content, other: Content, names: Names): string | undefined {
  if (one.fingerprint === other.fingerprint) return undefined;
  return `The catalogues of ${names.one} and ${names.other} are not the same.`;
}

const byName = <T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [nameOf(item), item]));

const namesIn = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].sort();
