import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { OWN_SCHEMAS } from '../contract';
import { VALUES } from '../replay/settings';
import type { TableContent } from '../restore/content';

/**
 * What a database holds, so that two can be compared: rows and a digest of each table, values of sequences, and the
 * fingerprint of the catalogue. All of one moment, by one snapshot.
 */
export interface Content {
  /** `holdfast.catalogue_fingerprint()`; null if the database has no such function. */
  readonly fingerprint: string | null;
  /** Tables of the application, by their names; partitioned tables by their partitions. */
  readonly tables: readonly TableContent[];
  /** Tables that were left out because the others had used up what may be read. */
  readonly leftOut: readonly string[];
  readonly sequences: readonly SequenceContent[];
}

export interface SequenceContent {
  readonly sequence: string;
  /** `last_value` in decimal, and `is_called`. */
  readonly last: string;
  readonly called: boolean;
}

export interface ContentOptions {
  /** So many bytes of tables are read at most, the small tables first; all by default. */
  readonly bytesMax?: number;
}

/** @throws what the session throws, for example if a table may not be read */
export async function contentOf(session: Session, options: ContentOptions = {}): Promise<Content> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await session.query(SETTINGS);
    const { read, leftOut } = await choose(session, options.bytesMax ?? Number.POSITIVE_INFINITY);
    const tables: TableContent[] = [];
    for (const table of read) tables.push(await tableContent(session, table));
    const fingerprint = await fingerprintOf(session);
    return { fingerprint, tables, leftOut, sequences: await sequencesOf(session) };
  } finally {
    if (session.isOpen()) await session.query('ROLLBACK');
  }
}

/** The digest is one of text: it is to be written alike everywhere. */
const SETTINGS = [
  ...Object.entries(VALUES).map(([name, value]) => `SET LOCAL ${name} TO '${value}'`),
  "SET LOCAL search_path TO 'pg_catalog'",
  'SET LOCAL row_security TO off',
].join('; ');

const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_table_size(c.oid)::text AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> ALL ($1::text[])
     AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   ORDER BY 1`;

async function choose(
  session: Session,
  bytesMax: number,
): Promise<{ readonly read: readonly string[]; readonly leftOut: readonly string[] }> {
  const rows = await session.query(TABLES, [OWN_SCHEMAS]);
  const tables = rows.map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) }));
  const bySize = [...tables].sort((one, other) => one.bytes - other.bytes);
  const read = new Set<string>();
  let bytes = 0;
  for (const table of bySize) {
    bytes += table.bytes;
    if (bytes <= bytesMax) read.add(table.name);
  }
  const names = tables.map(({ name }) => name);
  return {
    read: names.filter((name) => read.has(name)),
    leftOut: names.filter((name) => !read.has(name)),
  };
}

/**
 * Sums of two hashes of each row: the order of rows does not matter, their number does.
 * @param table as SQL
 */
async function tableContent(session: Session, table: string): Promise<TableContent> {
  const [row] = await session.query(
    `SELECT count(*)::text AS rows, coalesce(sum(one), 0)::text AS one, coalesce(sum(two), 0)::text AS two
       FROM (SELECT hashtextextended(row, 0) AS one, hashtextextended(row, 1) AS two
               FROM (SELECT (t.*)::text AS row FROM ONLY ${table} AS t OFFSET 0) AS rows) AS hashes`,
  );
  return { table, rows: String(row?.rows), digest: `${hex(row?.one)}${hex(row?.two)}` };
}

const hex = (sum: unknown): string =>
  BigInt.asUintN(64, BigInt(String(sum)))
    .toString(16)
    .padStart(16, '0');

async function fingerprintOf(session: Session): Promise<string | null> {
  const [found] = await session.query(
    "SELECT to_regprocedure('holdfast.catalogue_fingerprint()') IS NOT NULL AS present",
  );
  if (found?.present !== true) return null;
  const [row] = await session.query('SELECT holdfast.catalogue_fingerprint() AS fingerprint');
  return String(row?.fingerprint);
}

const SEQUENCES = `
  SELECT n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'S' AND c.relpersistence = 'p' AND n.nspname <> ALL ($1::text[]) AND n.nspname !~ '^pg_'
   ORDER BY 1, 2`;

/** So many are read by one query. */
const SEQUENCES_AT_ONCE = 200;

async function sequencesOf(session: Session): Promise<readonly SequenceContent[]> {
  const rows = await session.query(SEQUENCES, [OWN_SCHEMAS]);
  const names = rows.map(({ schema, name }) => `${quoted(String(schema))}.${quoted(String(name))}`);
  const found: SequenceContent[] = [];
  for (let at = 0; at < names.length; at += SEQUENCES_AT_ONCE) {
    const some = names.slice(at, at + SEQUENCES_AT_ONCE);
    const reads = some.map(
      (name, index) => `SELECT ${index} AS place, last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const values = await session.query(`${reads.join(' UNION ALL ')} ORDER BY place`);
    for (const [index, sequence] of some.entries()) {
      found.push({ sequence, last: String(values[index]?.last), called: values[index]?.called === true });
    }
  }
  return found;
}
