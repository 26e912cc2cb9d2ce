import { createHash } from 'node:crypto';
import type { Relation } from '../pgoutput/message';
import { pick, type RowChange, type Values } from './rows';
import { type LiveTable, tableName } from './tables';

/**
 * What must hold in the promoted database so that a change can be made there as it was made then. Lost transactions build
 * on each other: one that changes a row that another lost one has made needs that one, and only the first change of a row
 * is held against the database.
 */

export interface Expectation {
  readonly table: LiveTable;
  readonly names: readonly string[];
  readonly key: Values;
  /** `untouched`: the row is there as the old side left it. */
  readonly must: 'be absent' | 'be untouched';
}

type Row = Extract<RowChange, { kind: 'row' }>;

/** The rows that lost transactions changed so far. */
export class Changed {
  /** Digest of table and key -> `end_lsn` of the last transaction that changed it. */
  private readonly rows = new Map<string, string>();
  private readonly emptied = new Map<string, string>();

  /**
   * @returns what must hold in the database, and which transactions must come first; and remembers the change
   */
  note(table: LiveTable, row: Row, endLsn: string): { expectations: Expectation[]; needs: string[] } {
    const names = keyNames(table, row.relation);
    const expectations: Expectation[] = [];
    const needs: string[] = [];
    const ask = (values: Values | null, must: Expectation['must']): void => {
      if (values === null) return;
      const key = pick(values, names);
      const before = this.lastOf(table, key);
      if (before === undefined) expectations.push({ table, names, key, must });
      else if (before !== endLsn) needs.push(before);
    };
    // An insertion into a table whose rows nothing tells apart stands against nothing.
    const isTold = table.key.length > 0;
    const oldKey = row.old ?? row.new;
    const moves = row.new !== null && oldKey !== null && !isSameKey(names, oldKey, row.new);
    if (row.operation !== 'insert') ask(oldKey, 'be untouched');
    if (row.operation === 'insert' ? isTold : moves && isTold) ask(row.new, 'be absent');
    for (const values of [oldKey, row.new]) {
      if (values !== null) this.rows.set(digestOf(table, pick(values, names)), endLsn);
    }
    return { expectations, needs };
  }

  empty(table: string, endLsn: string): void {
    this.emptied.set(table, endLsn);
  }

  private lastOf(table: LiveTable, key: Values): string | undefined {
    return this.rows.get(digestOf(table, key)) ?? this.emptied.get(table.name);
  }
}

/** By what a row is known: what the log sends of the old row, and the primary key where it sends all of it. */
export function keyNames({ key }: LiveTable, { identity, columns }: Relation): readonly string[] {
  if (identity === 'd' || identity === 'i') {
    const flagged = columns.filter((column) => column.key).map(({ name }) => name);
    if (flagged.length > 0) return flagged;
  }
  const all = columns.map(({ name }) => name);
  return key.length > 0 && key.every((name) => all.includes(name)) ? key : all;
}

export const isSameKey = (names: readonly string[], one: Values, other: Values): boolean =>
  names.every((name) => one[name] === other[name]);

function digestOf(table: LiveTable, key: Values): string {
  const hash = createHash('sha256').update(JSON.stringify([table.name, key]));
  return hash.digest('base64').slice(0, 22);
}

/** @returns why the change does not fit the table as it is now; undefined if it does */
export function misfit(relation: Relation, table: LiveTable | undefined): string | undefined {
  const name = tableName(relation);
  if (!table) return `The table ${name} is not there.`;
  const known = new Set(table.columns.filter(({ computed }) => !computed).map((column) => column.name));
  const strange = relation.columns.filter((column) => !known.has(column.name)).map((column) => column.name);
  return strange.length > 0 ? `The table ${name} has no column ${strange.join(', ')} now.` : undefined;
}
