import { quoted } from '../../../runtime/postgres/quoting';
import { type Assigned, assignments, nameAt, names, newValues, valueAt } from './assigned';
import type { Binding } from './binding';
import type { NetChange } from './coalesce';
import type { Parameters } from './parameters';

/**
 * Rows that are told apart by all they hold (REPLICA IDENTITY FULL). A row is the one meant if every column, written as
 * text, is as it was sent: so types without an equality are compared too, and 1.0 is not 1.00. Of rows that are alike,
 * the nth in the table is the nth that is meant: exactly one for each change. The table is read once for all changes,
 * narrowed by one column, for which there may be an index.
 * @param assigned undefined: the rows are deleted
 * @returns a query that gives the number of rows as `n`
 */
export function changeWhole(
  parameters: Parameters,
  binding: Binding,
  changes: readonly NetChange[],
  assigned: Assigned | undefined,
): string {
  const sent = binding.columns.map((_, place) => {
    const values = changes.map(({ old }) => old?.[place]);
    return `${parameters.texts(values)} COLLATE "C" AS o${place}`;
  });
  const values = newValues(parameters, binding, changes, assigned?.places ?? []);
  const image = binding.columns.map((_, place) => `s.o${place}`);
  return `WITH meant AS (
      SELECT *, row_number() OVER (PARTITION BY image) AS nth
        FROM (SELECT *, ARRAY[${image.join(', ')}]::text[] AS image FROM (SELECT ${[...sent, ...values].join(', ')}) AS s) AS m),
    present AS (
      SELECT place, image, row_number() OVER (PARTITION BY image) AS nth
        FROM (SELECT t.ctid AS place, ARRAY[${imageOf(binding).join(', ')}]::text[] AS image
                FROM ONLY ${binding.table.name} AS t${narrowed(parameters, binding, changes)}) AS p),
    v AS (SELECT meant.*, present.place FROM meant JOIN present USING (image, nth)),
    ${changed(binding, assigned)}
    SELECT count(*)::int AS n FROM changed`;
}

/** Whether a column is null is asked of the column as a whole: a composite of nulls is none. */
const imageOf = (binding: Binding): readonly string[] =>
  binding.columns.map((_, place) => {
    const column = `t.${nameAt(binding, place)}`;
    return `CASE WHEN num_nulls(${column}) = 0 THEN format('%s', ${column}) COLLATE "C" END`;
  });

/** Equal text is an equal value; the other way round it need not be so. */
function narrowed(
  parameters: Parameters,
  { table, columns, relation }: Binding,
  changes: readonly NetChange[],
): string {
  const { hint } = table;
  const place = relation.columns.findIndex(({ name }) => name === hint?.column);
  const column = columns[place];
  if (!hint || !column || column.delimiter === undefined) return '';
  const values = changes.map(({ old }) => old?.[place]);
  if (values.includes(null)) return '';
  return ` WHERE t.${quoted(hint.column)} ${hint.equals} ANY (${parameters.array(column, values)})`;
}

function changed(binding: Binding, assigned: Assigned | undefined): string {
  const { table, columns, identity } = binding;
  if (!assigned) {
    return `changed AS (DELETE FROM ONLY ${table.name} AS t USING v WHERE t.ctid = v.place RETURNING 1)`;
  }
  if (!assigned.anew) {
    const set = assignments(
      binding,
      { places: identity?.places ?? [], comparisons: undefined },
      assigned.places,
    );
    return `changed AS (UPDATE ONLY ${table.name} AS t SET ${set} FROM v WHERE t.ctid = v.place RETURNING 1)`;
  }
  const row = [...columns.keys()].map((place) => `${valueAt(binding, assigned.places, place)} AS r${place}`);
  return `gone AS (DELETE FROM ONLY ${table.name} AS t USING v WHERE t.ctid = v.place RETURNING ${row.join(', ')}),
    changed AS (INSERT INTO ${table.name} (${names(binding, columns.keys())}) OVERRIDING SYSTEM VALUE
      SELECT * FROM gone RETURNING 1)`;
}
