import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { bool, number, textOrNull } from '../restore/rows';
import type { Values } from './rows';
import type { LiveTable } from './tables';

/**
 * Whether a row is as the old side left it. A row tells by its `xmin` who wrote it last: everything that the promoted
 * database wrote itself has a number from its first one on, and everything that it had from the old side has an earlier
 * one. So no clock is asked, and a row that was changed and changed back counts as changed. Rows that an earlier salvage
 * wrote count as the old side's.
 */

/** Where what the promoted database wrote itself begins. */
export interface Boundary {
  /** The first number that it gave a transaction, as far as its archive tells. */
  readonly xid: number;
  /** Whether `holdfast.salvaged` is there, which the first SQL of a salvage makes. */
  readonly ledger: boolean;
}

/** SQL that says whether a row was written since; the row is `t`. */
export const touched = ({ xid, ledger }: Boundary): string =>
  `(age(t.xmin) BETWEEN 0 AND age('${xid}'::xid)${ledger ? ` AND NOT ${APPLIED}` : ''})`;

/** The transaction that asks is in there too, if it is a salvage. */
const APPLIED = 't.xmin IN (SELECT s.applied::xid FROM holdfast.salvaged s)';

/** A value exactly as pgoutput writes it; a cast to text writes some otherwise. */
const written = (column: string): string =>
  `CASE WHEN t.${quoted(column)} IS NULL THEN NULL ELSE format('%s', t.${quoted(column)}) END`;

/** SQL that finds a row by the values of some columns. @param place says which value a column has, as SQL */
export const matches = (
  table: LiveTable,
  names: readonly string[],
  place: (index: number) => string,
): string =>
  names
    .map((name, index) => {
      const column = table.columns.find((one) => one.name === name);
      return table.key.includes(name) && column
        ? `t.${quoted(name)} = ${place(index)}::${column.type}`
        : `${written(name)} IS NOT DISTINCT FROM ${place(index)}`;
    })
    .join(' AND ');

export interface Found {
  readonly touched: boolean;
  readonly row: Values;
}

/**
 * Looks rows up.
 * @param wanted each by the same columns
 * @returns for each what is there; undefined if nothing is
 */
export async function lookUp(
  session: Session,
  table: LiveTable,
  names: readonly string[],
  wanted: readonly Values[],
  boundary: Boundary,
): Promise<readonly (Found | undefined)[]> {
  const columns = table.columns.map(({ name }, index) => `${written(name)} AS c${index}`);
  const places = names.map((_, index) => `k${index}`);
  const sql = `
    SELECT k.n, f.touched, ${table.columns.map((_, index) => `f.c${index}`).join(', ')}
      FROM unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(', ')}) WITH ORDINALITY AS k(${places.join(', ')}, n)
      JOIN LATERAL (
        SELECT ${touched(boundary)} AS touched, ${columns.join(', ')}
          FROM ONLY ${table.name} t WHERE ${matches(table, names, (index) => `k.k${index}`)}
         ORDER BY 1 LIMIT 1) f ON true`;
  const rows = await session.query(
    sql,
    names.map((name) => wanted.map((values) => values[name] ?? null)),
  );
  const found = new Map(
    rows.map((row): [number, Found] => [
      number(row, 'n'),
      {
        touched: bool(row, 'touched'),
        row: Object.fromEntries(table.columns.map(({ name }, index) => [name, textOrNull(row, `c${index}`)])),
      },
    ]),
  );
  return wanted.map((_, index) => found.get(index + 1));
}

/** @returns whether any row of a table was written since */
export async function anyTouched(session: Session, table: LiveTable, boundary: Boundary): Promise<boolean> {
  const sql = `SELECT EXISTS (SELECT FROM ONLY ${table.name} t WHERE ${touched(boundary)}) AS any`;
  const [row] = await session.query(sql);
  return bool(row, 'any');
}
