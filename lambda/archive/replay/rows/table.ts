import { quoted } from '../../../runtime/postgres/quoting';
import type { Session } from '../../../runtime/postgres/session';

/** A table of the database that is replayed into, as far as statements need to know it. */
export interface Table {
  /** As SQL, with its schema. */
  readonly name: string;
  readonly partitioned: boolean;
  /** By name; without generated columns. */
  readonly columns: ReadonlyMap<string, TableColumn>;
  /** Keys by which a row can be found; each unique. */
  readonly keys: readonly (readonly Comparison[])[];
  /** By what rows can be looked for before they are compared as a whole; of an index if there is one. */
  readonly hint: Comparison | undefined;
}

export interface TableColumn {
  readonly name: string;
  /** As SQL, with its schema, without length or precision. */
  readonly type: string;
  /** The delimiter of its arrays; undefined if several values cannot come as an array of the type, as of arrays. */
  readonly delimiter: string | undefined;
  /** GENERATED ALWAYS AS IDENTITY: an UPDATE may not set it. */
  readonly isFixed: boolean;
}

/** A column with the operator that says whether two values are equal, as SQL. */
export interface Comparison {
  readonly column: string;
  readonly equals: string;
}

const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, -1) AS type, a.attidentity = 'a' AS fixed,
         CASE WHEN y.typarray <> 0 AND y.typsubscript <> 'array_subscript_handler'::regproc THEN y.typdelim END AS delimiter
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
   WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`;

/** Of every index on plain columns, these columns with the operators of equality; and of the first column that has one. */
const INDEXES = `
  SELECT i.indexrelid::text AS index, a.attname AS name, i.indisunique AND i.indpred IS NULL AS unique,
         format('OPERATOR(%I.%s)', n.nspname, o.oprname) AS equals, k.place
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS k (attnum, class, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    JOIN pg_opclass s ON s.oid = k.class AND s.opcmethod = 403
    JOIN pg_amop m ON m.amopfamily = s.opcfamily AND m.amopstrategy = 3
     AND m.amoplefttype = s.opcintype AND m.amoprighttype = s.opcintype
    JOIN pg_operator o ON o.oid = m.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
   WHERE i.indrelid = $1::oid AND i.indisvalid AND i.indexprs IS NULL AND i.indpred IS NULL AND k.place <= i.indnkeyatts
  UNION ALL
  SELECT '', first.* FROM (
    SELECT a.attname, false, format('OPERATOR(%I.%s)', n.nspname, o.oprname), 1
      FROM pg_attribute a
      JOIN pg_opclass s ON s.opcintype = a.atttypid AND s.opcdefault AND s.opcmethod = 403
      JOIN pg_amop m ON m.amopfamily = s.opcfamily AND m.amopstrategy = 3
       AND m.amoplefttype = s.opcintype AND m.amoprighttype = s.opcintype
      JOIN pg_operator o ON o.oid = m.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
     WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     ORDER BY a.attnum LIMIT 1) AS first
   ORDER BY 1 DESC, 5`;

/** @returns undefined if there is no such table */
export async function readTable(session: Session, schema: string, name: string): Promise<Table | undefined> {
  const [found] = await session.query(
    `SELECT c.oid::text AS oid, c.relkind = 'p' AS partitioned FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')`,
    [schema, name],
  );
  if (!found) return undefined;
  const columns = await session.query(COLUMNS, [found.oid]);
  const indexed = await session.query(INDEXES, [found.oid]);
  const comparisons = indexed.map((row) => ({
    index: String(row.index),
    isUnique: row.unique === true,
    comparison: { column: String(row.name), equals: String(row.equals) },
  }));
  const uniques = [...new Set(comparisons.flatMap(({ index, isUnique }) => (isUnique ? [index] : [])))];
  return {
    name: `${quoted(schema)}.${quoted(name)}`,
    partitioned: found.partitioned === true,
    columns: new Map(columns.map((row) => [String(row.name), columnOf(row)])),
    keys: uniques.map((key) =>
      comparisons.flatMap(({ index, comparison }) => (index === key ? [comparison] : [])),
    ),
    hint: comparisons[0]?.comparison,
  };
}

const columnOf = (row: Readonly<Record<string, unknown>>): TableColumn => ({
  name: String(row.name),
  type: String(row.type),
  delimiter: typeof row.delimiter === 'string' ? row.delimiter : undefined,
  isFixed: row.fixed === true,
});
