import { quoted } from '../../../runtime/postgres/quoting';
import { type Assigned, assignedBy, assignments, names, newValues, valueAt } from './assigned';
import type { Binding, Identity } from './binding';
import type { NetChange } from './coalesce';
import { Parameters } from './parameters';
import { changeWhole } from './whole';

/** A statement that applies changes of one kind to one table, at once. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly kind: 'insert' | 'update' | 'delete';
  readonly changes: readonly NetChange[];
  /** Whether it gives the number of rows that it changed, as `n`. */
  readonly isCounted: boolean;
}

export function insertRows(binding: Binding, changes: readonly NetChange[]): Statement {
  const { table, columns } = binding;
  const parameters = new Parameters();
  const values = columns.map((column, place) =>
    parameters.unnest(
      column,
      changes.map(({ row }) => row?.[place]),
    ),
  );
  const source =
    columns.length === 0
      ? ` SELECT FROM generate_series(1, ${changes.length})`
      : ` (${names(binding, columns.keys())}) OVERRIDING SYSTEM VALUE SELECT ${values.join(', ')}`;
  const sql = `INSERT INTO ${table.name}${source}`;
  return { sql, parameters: parameters.values, kind: 'insert', changes, isCounted: false };
}

export function deleteRows(binding: Binding, changes: readonly NetChange[]): Statement {
  const { table, identity } = binding;
  if (!identity) throw new RangeError(`Rows of ${table.name} cannot be told apart.`);
  const parameters = new Parameters();
  const sql = identity.comparisons
    ? `WITH gone AS (DELETE FROM ONLY ${table.name} AS t USING (SELECT ${oldKeys(parameters, binding, identity, changes)}) AS v
         WHERE ${isMeant(identity)} RETURNING 1) SELECT count(*)::int AS n FROM gone`
    : changeWhole(parameters, binding, changes, undefined);
  return { sql, parameters: parameters.values, kind: 'delete', changes, isCounted: true };
}

/** @returns one statement for all updates that give values to the same columns */
export function updateRows(binding: Binding, changes: readonly NetChange[]): readonly Statement[] {
  const { identity, table } = binding;
  if (!identity) throw new RangeError(`Rows of ${table.name} cannot be told apart.`);
  const groups = new Map<string, { readonly assigned: Assigned; readonly changes: NetChange[] }>();
  for (const change of changes) {
    const assigned = assignedBy(binding, identity, change);
    const name = `${assigned.anew} ${assigned.places.join(' ')}`;
    const group = groups.get(name);
    if (group) group.changes.push(change);
    else groups.set(name, { assigned, changes: [change] });
  }
  return [...groups.values()].map((group) => {
    const parameters = new Parameters();
    const sql = identity.comparisons
      ? updateByKey(parameters, binding, identity, group.changes, group.assigned)
      : changeWhole(parameters, binding, group.changes, group.assigned);
    return { sql, parameters: parameters.values, kind: 'update', changes: group.changes, isCounted: true };
  });
}

function updateByKey(
  parameters: Parameters,
  binding: Binding,
  identity: Identity,
  changes: readonly NetChange[],
  { places, anew }: Assigned,
): string {
  const { table, columns } = binding;
  const old = oldKeys(parameters, binding, identity, changes);
  const values = [old, ...newValues(parameters, binding, changes, places)].join(', ');
  const from = `(SELECT ${values}) AS v`;
  if (anew) {
    const row = [...columns.keys()].map((place) => `${valueAt(binding, places, place)} AS r${place}`);
    return `WITH gone AS (DELETE FROM ONLY ${table.name} AS t USING ${from} WHERE ${isMeant(identity)} RETURNING ${row.join(', ')}),
      there AS (INSERT INTO ${table.name} (${names(binding, columns.keys())}) OVERRIDING SYSTEM VALUE SELECT * FROM gone RETURNING 1)
      SELECT count(*)::int AS n FROM there`;
  }
  return `WITH changed AS (UPDATE ONLY ${table.name} AS t SET ${assignments(binding, identity, places)} FROM ${from}
    WHERE ${isMeant(identity)} RETURNING 1) SELECT count(*)::int AS n FROM changed`;
}

function oldKeys(
  parameters: Parameters,
  { columns }: Binding,
  { places }: Identity,
  changes: readonly NetChange[],
): string {
  const keys = places.flatMap((place) => {
    const column = columns[place];
    if (!column) return [];
    const values = changes.map(({ old }) => old?.[place]);
    return [`${parameters.unnest(column, values)} AS o${place}`];
  });
  return keys.join(', ');
}

const isMeant = ({ places, comparisons = [] }: Identity): string =>
  comparisons
    .map(({ column, equals }, index) => `t.${quoted(column)} ${equals} v.o${places[index]}`)
    .join(' AND ');
