import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Relation, Tuple } from '../../../../lambda/archive/pgoutput/message';
import { type Binding, bind, keyText } from '../../../../lambda/archive/replay/rows/binding';
import { changeOf } from '../../../../lambda/archive/replay/rows/change';
import { coalesced, type RowChange } from '../../../../lambda/archive/replay/rows/coalesce';
import type { Table } from '../../../../lambda/archive/replay/rows/table';

/** Histories of small tables, applied change by change and coalesced. */

const TRANSACTION = { xid: 1, endLsn: 1n };
const column = (name: string) => ({ name, type: 'text', delimiter: ',', isFixed: false });
const TABLE: Table = {
  name: '"public"."t"',
  partitioned: false,
  columns: new Map(['k', 'v', 'w'].map((name) => [name, column(name)])),
  keys: [[{ column: 'k', equals: '=' }]],
  hint: undefined,
};
const relation = (identity: Relation['identity']): Relation => ({
  kind: 'relation',
  id: 1,
  schema: 'public',
  name: 't',
  identity,
  columns: ['k', 'v', 'w'].map((name, place) => ({
    name,
    key: identity === 'f' || place === 0,
    type: 25,
    modifier: -1,
  })),
});

function bound(identity: Relation['identity']): Binding {
  const binding = bind(relation(identity), TABLE);
  if (typeof binding === 'string') throw new Error(binding);
  return binding;
}

interface Step {
  readonly kind: 'insert' | 'update' | 'delete' | 'rekey';
  readonly at: number;
  readonly key: string;
  readonly value: string | null;
  /** Whether the third column is sent: it is not if it is unchanged and out of line. */
  readonly isSent: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('insert', 'update', 'delete', 'rekey'),
  at: fc.nat(7),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.constantFrom('x', 'y', null),
  isSent: fc.boolean(),
});

/** Makes of steps the changes that a source would have sent, and the rows it ends with. */
function history(
  binding: Binding,
  start: readonly Tuple[],
  steps: readonly Step[],
): { rows: Tuple[]; changes: RowChange[] } {
  const rows = [...start];
  const changes: RowChange[] = [];
  const whole = binding.relation.identity === 'f';
  const isTaken = (key: string): boolean => !whole && rows.some(([k]) => k === key);
  for (const { kind, at, key, value, isSent } of steps) {
    const index = rows.length === 0 ? -1 : at % rows.length;
    const before = rows[index];
    if (kind === 'insert') {
      if (isTaken(key)) continue;
      const row: Tuple = [key, value, 'long'];
      rows.push(row);
      changes.push(changeOf({ kind: 'insert', relation: 1, row }, binding, TRANSACTION));
    } else if (before && kind === 'delete') {
      rows.splice(index, 1);
      const old = { whole, row: whole ? before : [before[0], null, null] };
      changes.push(changeOf({ kind: 'delete', relation: 1, old }, binding, TRANSACTION));
    } else if (before) {
      if (kind === 'rekey' && isTaken(key)) continue;
      const after: Tuple = [kind === 'rekey' ? key : before[0], value, isSent ? `long ${value}` : before[2]];
      rows[index] = after;
      const row = isSent ? after : [after[0], after[1], undefined];
      const hasOld = whole || after[0] !== before[0];
      const old = hasOld ? { whole, row: whole ? before : [before[0], null, null] } : undefined;
      changes.push(changeOf({ kind: 'update', relation: 1, old, row }, binding, TRANSACTION));
    }
  }
  return { rows, changes };
}

/** Applies what is left of the changes as the database does: deletes, then updates all at once, then inserts. */
function apply(binding: Binding, start: readonly Tuple[], changes: readonly RowChange[]): readonly Tuple[] {
  const rows = [...start];
  const { identity } = binding;
  if (!identity) throw new Error('There is no identity.');
  const take = (old: Tuple | undefined): Tuple => {
    const index = rows.findIndex((row) => old && keyText(identity, row) === keyText(identity, old));
    const [row] = index < 0 ? [] : rows.splice(index, 1);
    if (!row) throw new Error('A row is missing.');
    return row;
  };
  for (const { deletes, updates, inserts } of coalesced(changes)) {
    for (const { old } of deletes) take(old);
    const before = updates.map(({ old }) => take(old));
    for (const [index, { row = [] }] of updates.entries()) {
      rows.push(row.map((value, place) => (value === undefined ? before[index]?.[place] : value)));
    }
    for (const { row } of inserts) if (row) rows.push(row);
  }
  return rows;
}

const sorted = (rows: readonly Tuple[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

describe('changes that were coalesced', () => {
  it.each([
    [
      'by key',
      'd' as const,
      [
        ['a', 'x', 'long a'],
        ['b', null, 'long b'],
        ['c', 'y', 'long c'],
      ],
    ],
    [
      'by whole rows, alike ones among them',
      'f' as const,
      [
        ['a', 'x', 'l'],
        ['a', 'x', 'l'],
        ['a', 'x', 'm'],
        ['b', null, 'l'],
      ],
    ],
  ])('come to the same rows as one by one, %s', (_, identity, start) => {
    const binding = bound(identity);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { rows, changes } = history(binding, start, steps);
        expect(sorted(apply(binding, start, changes))).toEqual(sorted(rows));
      }),
      { numRuns: 500 },
    );
  });

  it('touch each row once at most', () => {
    const binding = bound('d');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { changes } = history(binding, [['a', 'x', 'l']], steps);
        const olds = coalesced(changes).flatMap(({ deletes, updates }) =>
          [...deletes, ...updates].map(({ old }) => old?.[0]),
        );
        expect(new Set(olds).size).toBe(olds.length);
      }),
    );
  });

  it('know a row again whose key is out of line and was not sent', () => {
    const binding = bound('d');
    const old = { whole: false, row: ['a', null, null] };
    const update = (value: string) =>
      changeOf(
        { kind: 'update', relation: 1, old, row: [undefined, value, undefined] },
        binding,
        TRANSACTION,
      );
    const [{ updates } = { updates: [] }] = coalesced([update('x'), update('y')]);
    expect(updates.map(({ row }) => row)).toEqual([['a', 'y', undefined]]);
  });

  it('leave nothing of a row that came and went', () => {
    const binding = bound('d');
    const row = ['z', 'x', 'l'];
    const changes = [
      changeOf({ kind: 'insert', relation: 1, row }, binding, TRANSACTION),
      changeOf({ kind: 'delete', relation: 1, old: { whole: false, row } }, binding, TRANSACTION),
    ];
    expect(coalesced(changes)).toEqual([{ binding, deletes: [], updates: [], inserts: [] }]);
  });
});
