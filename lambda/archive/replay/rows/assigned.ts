import { quoted } from '../../../runtime/postgres/quoting';
import type { Binding, Identity } from './binding';
import type { NetChange } from './coalesce';
import type { Parameters } from './parameters';

/** Columns that an update gives values to, and how. */
export interface Assigned {
  readonly places: readonly number[];
  /**
   * Whether a column changes that an UPDATE may not set (GENERATED ALWAYS AS IDENTITY): the row is put there anew, with
   * what was not sent taken from the old one.
   */
  readonly anew: boolean;
}

/** A key that did not change is left alone: setting it would cost, and an identity column refuses it. */
export function assignedBy({ columns }: Binding, { places }: Identity, { old, row }: NetChange): Assigned {
  const isKnown = (place: number): boolean => places.includes(place);
  const changed = [...columns.keys()].filter(
    (place) => row?.[place] !== undefined && !(isKnown(place) && row[place] === old?.[place]),
  );
  return { places: changed, anew: changed.some((place) => columns[place]?.isFixed === true) };
}

/** @returns the new values, each under the name `n` with its place */
export const newValues = (
  parameters: Parameters,
  { columns }: Binding,
  changes: readonly NetChange[],
  places: readonly number[],
): readonly string[] =>
  places.flatMap((place) => {
    const column = columns[place];
    if (!column) return [];
    const values = changes.map(({ row }) => row?.[place]);
    return [`${parameters.unnest(column, values)} AS n${place}`];
  });

/** @returns what the row has at a place afterwards: the new value, or what it had */
export const valueAt = (binding: Binding, places: readonly number[], place: number): string =>
  places.includes(place) ? `v.n${place}` : `t.${nameAt(binding, place)}`;

/** @returns what follows SET: at least one column, set to itself if nothing else is known to have changed */
export function assignments(binding: Binding, { places: key }: Identity, places: readonly number[]): string {
  const [first = 0] = key;
  if (places.length === 0) return `${nameAt(binding, first)} = t.${nameAt(binding, first)}`;
  return places.map((place) => `${nameAt(binding, place)} = v.n${place}`).join(', ');
}

export const nameAt = ({ columns }: Binding, place: number): string => quoted(columns[place]?.name ?? '');
export const names = (binding: Binding, places: Iterable<number>): string =>
  [...places].map((place) => nameAt(binding, place)).join(', ');
