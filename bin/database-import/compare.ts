import { type Content, contentOf } from '../../lambda/archive/compare/content';
import type { TableContent } from '../../lambda/archive/restore/content';
import type { Session } from '../../lambda/runtime/postgres/session';
import { tablesOf } from './tables';

/** What two databases were found to hold. */
export interface Comparison {
  readonly tables: number;
  /** Of all tables of the old database. */
  readonly rows: bigint;
  /** One sentence for each table that is not the same in both. */
  readonly differences: readonly string[];
}

/**
 * Compares the tables that an import carries over.
 * @param by every value of every row, by digests that the servers reckon, or the number of rows only
 */
export async function compare(source: Session, target: Session, by: 'rows' | 'counts'): Promise<Comparison> {
  const wanted = await tablesOf(source);
  const [old, fresh] = await Promise.all([tablesIn(source, wanted, by), tablesIn(target, wanted, by)]);
  const differences = wanted.flatMap((table) => differenceOf(table, old.get(table), fresh.get(table)));
  const rows = [...old.values()].reduce((sum, one) => sum + BigInt(one.rows), 0n);
  return { tables: wanted.length, rows, differences };
}

function differenceOf(
  table: string,
  old: TableContent | undefined,
  fresh: TableContent | undefined,
): readonly string[] {
  if (!old || !fresh) return [`${table} is at the ${old ? 'old' : 'new'} server only.`];
  if (old.rows !== fresh.rows) {
    return [`${table} has ${old.rows} rows at the old server and ${fresh.rows} at the new one.`];
  }
  return old.digest === fresh.digest
    ? []
    : [`${table} has ${old.rows} rows at both, and they are not the same.`];
}

async function tablesIn(
  session: Session,
  wanted: readonly string[],
  by: 'rows' | 'counts',
): Promise<ReadonlyMap<string, TableContent>> {
  const of = new Set(wanted);
  if (by === 'rows') {
    const { tables }: Content = await contentOf(session);
    return new Map(tables.filter(({ table }) => of.has(table)).map((one) => [one.table, one]));
  }
  const counted = new Map<string, TableContent>();
  const there = new Set(await tablesOf(session));
  for (const table of wanted.filter((one) => there.has(one))) {
    const [row] = await session.query(`SELECT count(*)::text AS rows FROM ONLY ${table}`);
    counted.set(table, { table, rows: String(row?.rows), digest: '' });
  }
  return counted;
}
