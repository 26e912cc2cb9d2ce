import { HoldfastError } from '../../runtime/errors';
import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { transaction } from '../../runtime/postgres/transaction';
import { number, text, textOrNull } from './rows';

/**
 * Copies tables of a restored copy into a schema of its own in the living database, where a person looks at them and takes
 * back what is wanted. Nothing that is there is changed: the schema is new, its tables have no constraints, and neither
 * triggers nor views nor sequences come along. A note in the schema says how far each table is, and moves in the
 * transaction of its rows: a copy that was interrupted goes on, and no row comes twice. The restored copy is closed, so
 * the places of its rows do not change meanwhile.
 */

/** Pages of 8 KiB that are copied in one transaction. */
const PAGES = 2_000;
/** Rows that travel at once. */
const ROWS = 1_000;

export interface CopiedTable {
  readonly table: string;
  /** Where the copy is. */
  readonly into: string;
  readonly rows: string;
  /** Whether all of it is there. */
  readonly whole: boolean;
}

/** What is asked for cannot be copied; nothing was. */
export class NotCopied extends HoldfastError {}

interface Source {
  readonly oid: string;
  /** As SQL. */
  readonly name: string;
  readonly copy: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly pages: number;
}

/**
 * @param tables names as in SQL, `public.orders` or `orders`; a partitioned one brings its partitions
 * @param hasTime asked before each piece
 * @throws {NotCopied}
 */
export async function copyTables(
  from: Session,
  to: Session,
  tables: readonly string[],
  schema: string,
  hasTime: () => boolean,
): Promise<readonly CopiedTable[]> {
  const sources: Source[] = [];
  for (const table of tables) sources.push(...(await sourcesOf(from, table)));
  await makeSchema(to, schema);
  const copied: CopiedTable[] = [];
  for (const source of sources) copied.push(await copyTable(from, to, source, schema, hasTime));
  return copied;
}

const SOURCES = `
WITH RECURSIVE tree AS (
  SELECT to_regclass($1)::oid AS oid
  UNION ALL
  SELECT i.inhrelid FROM pg_inherits i JOIN tree t ON i.inhparent = t.oid)
SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, n.nspname || '_' || c.relname AS copy,
       ceil(pg_relation_size(c.oid) / current_setting('block_size')::numeric)::int AS pages
  FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' ORDER BY 2`;
const COLUMNS = `
SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
 WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;

async function sourcesOf(session: Session, table: string): Promise<Source[]> {
  const found = await session.query(SOURCES, [table]);
  if (found.length === 0) throw new NotCopied(`The restored database has no table ${table}.`);
  const sources: Source[] = [];
  for (const row of found) {
    const oid = text(row, 'oid');
    const columns = await session.query(COLUMNS, [oid]);
    sources.push({
      oid,
      name: text(row, 'name'),
      copy: text(row, 'copy'),
      columns: columns.map((one) => ({ name: text(one, 'name'), type: text(one, 'type') })),
      pages: number(row, 'pages'),
    });
  }
  return sources;
}

const NOTE = 'holdfast_copied';

/** A schema of that name that is none of these copies is somebody's, and stays as it is. */
async function makeSchema(session: Session, schema: string): Promise<void> {
  const note = `${quoted(schema)}.${NOTE}`;
  const [row] = await session.query(
    'SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS note',
    [quoted(schema), note],
  );
  if (row?.note === true) return;
  if (row?.schema === true) throw new NotCopied(`The database has a schema ${schema} already.`);
  await transaction(session, [], async () => {
    await session.query(`CREATE SCHEMA ${quoted(schema)}`);
    await session.query(
      `CREATE TABLE ${note} (source text PRIMARY KEY, next_page int NOT NULL, rows bigint NOT NULL)`,
    );
  });
}

async function copyTable(
  from: Session,
  to: Session,
  source: Source,
  schema: string,
  hasTime: () => boolean,
): Promise<CopiedTable> {
  const into = `${quoted(schema)}.${quoted(source.copy)}`;
  const note = `${quoted(schema)}.${NOTE}`;
  let { page, rows } = await progressOf(to, source, into, note);
  while (page < source.pages && hasTime()) {
    const next = Math.min(page + PAGES, source.pages);
    const added = await transaction(to, [], async () => {
      const count = await copyPages(from, to, source, into, page, next);
      await to.query(`UPDATE ${note} SET next_page = $2, rows = rows + $3 WHERE source = $1`, [
        source.name,
        next,
        count,
      ]);
      return count;
    });
    page = next;
    rows += added;
  }
  return { table: source.name, into, rows: String(rows), whole: page >= source.pages };
}

/** Makes the table of the copy, unless it is there. Without a key its updates could not be archived. */
async function progressOf(
  session: Session,
  { name, columns }: Source,
  into: string,
  note: string,
): Promise<{ page: number; rows: number }> {
  const [row] = await session.query(`SELECT next_page, rows::text FROM ${note} WHERE source = $1`, [name]);
  if (row) return { page: number(row, 'next_page'), rows: number(row, 'rows') };
  const definition = columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
  await transaction(session, [], async () => {
    await session.query(`CREATE TABLE ${into} (${definition})`);
    await session.query(`ALTER TABLE ${into} REPLICA IDENTITY FULL`);
    await session.query(`INSERT INTO ${note} VALUES ($1, 0, 0)`, [name]);
  });
  return { page: 0, rows: 0 };
}

async function copyPages(
  from: Session,
  to: Session,
  source: Source,
  into: string,
  page: number,
  end: number,
): Promise<number> {
  const { columns } = source;
  const written = columns.map(
    ({ name }, index) =>
      `CASE WHEN ${quoted(name)} IS NULL THEN NULL ELSE format('%s', ${quoted(name)}) END AS c${index}`,
  );
  const insert = `INSERT INTO ${into} SELECT ${columns.map(({ type }, index) => `c${index}::${type}`).join(', ')}
    FROM unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS u(${columns.map((_, index) => `c${index}`).join(', ')})`;
  const select = `SELECT ${['1 AS one', ...written].join(', ')} FROM ONLY ${source.name}
    WHERE ctid >= '(${page},0)'::tid AND ctid < '(${end},0)'::tid`;
  return transaction(from, ['SET TRANSACTION READ ONLY'], async () => {
    await from.query(`DECLARE copied NO SCROLL CURSOR FOR ${select}`);
    let count = 0;
    for (;;) {
      const rows = await from.query(`FETCH ${ROWS} FROM copied`);
      if (rows.length === 0) return count;
      const values = columns.map((_, index) => rows.map((row) => textOrNull(row, `c${index}`)));
      if (columns.length > 0) await to.query(insert, values);
      else for (const _ of rows) await to.query(`INSERT INTO ${into} DEFAULT VALUES`);
      count += rows.length;
    }
  });
}
