import type { Relation, Tuple } from '../../pgoutput/message';
import type { Comparison, Table, TableColumn } from './table';

/** A relation of the archive, bound to the table of the database that it is: places in a tuple are those of the columns. */
export interface Binding {
  readonly relation: Relation;
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  /** How a changed row is found; undefined if the relation tells of inserted rows only. */
  readonly identity: Identity | undefined;
}

export interface Identity {
  /** Places of the columns that tell rows apart: all of them if rows are sent whole. */
  readonly places: readonly number[];
  /** How the column at each of the places is compared; undefined if rows are compared whole. */
  readonly comparisons: readonly Comparison[] | undefined;
}

/** @returns the reason, as the second half of a sentence, if the table is not as the relation says */
export function bind(relation: Relation, table: Table): Binding | string {
  const columns: TableColumn[] = [];
  for (const { name } of relation.columns) {
    const column = table.columns.get(name);
    if (!column) return `the database has no column ${name} there that could be written`;
    columns.push(column);
  }
  const identity = identityOf(relation, table);
  if (typeof identity === 'string') return identity;
  return { relation, table, columns, identity };
}

function identityOf(relation: Relation, table: Table): Identity | undefined | string {
  const { columns, identity } = relation;
  if (identity === 'n') return undefined;
  if (identity === 'f') return { places: columns.map((_, place) => place), comparisons: undefined };
  const places = columns.flatMap(({ key }, place) => (key ? [place] : []));
  // A table without a primary key tells of inserts only.
  if (places.length === 0) return undefined;
  const names = places.map((place) => columns[place]?.name);
  const key = table.keys.find(
    (one) => one.length === names.length && one.every(({ column }) => names.includes(column)),
  );
  if (!key) return `the database has no unique index on ${names.join(', ')} there`;
  const comparisons = names.map((name) => key.find(({ column }) => column === name));
  return { places, comparisons: comparisons.filter((one) => one !== undefined) };
}

/** @returns what tells the row apart from every other, for a table in memory */
export function keyText({ places }: Identity, row: Tuple): string {
  const [only] = places;
  if (places.length === 1 && only !== undefined) return partText(row[only]);
  return places.map((place) => partText(row[place])).join('\0');
}

const partText = (value: Tuple[number]): string => (typeof value === 'string' ? `=${value}` : '');

/** @returns the identity of a row, for a person: `(id=7)` */
export function keyShown({ identity, columns }: Binding, row: Tuple): string {
  const places = identity?.places ?? columns.map((_, place) => place);
  const parts = places.map((place) => `${columns[place]?.name}=${shown(row[place])}`);
  return `(${parts.join(', ')})`;
}

const SHOWN_MAX = 60;
const shown = (value: Tuple[number]): string => {
  if (typeof value !== 'string') return value === null ? 'NULL' : '?';
  return value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}...` : value;
};
