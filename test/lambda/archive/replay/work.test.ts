import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { bind } from '../../../../lambda/archive/replay/rows/binding';
import { changeOf } from '../../../../lambda/archive/replay/rows/change';
import type { Table } from '../../../../lambda/archive/replay/rows/table';
import { Work } from '../../../../lambda/archive/replay/work';
import type { Session } from '../../../../lambda/runtime/postgres/session';

const BATCH = 10_000;
const TABLE: Table = {
  name: '"public"."t"',
  partitioned: false,
  columns: new Map([['k', { name: 'k', type: 'text', delimiter: ',', isFixed: false }]]),
  keys: [[{ column: 'k', equals: '=' }]],
  hint: undefined,
};
const BINDING = bind(
  {
    kind: 'relation',
    id: 1,
    schema: 'public',
    name: 't',
    identity: 'd',
    columns: [{ name: 'k', key: true, type: 25, modifier: -1 }],
  },
  TABLE,
);

/** A server whose answers come as those of a socket do: not before the turn of the event loop has ended. */
function server(): { readonly session: Session; readonly asked: string[] } {
  const asked: string[] = [];
  const query = async (sql: string): Promise<[]> => {
    asked.push(sql.split(' ').slice(0, 2).join(' '));
    await turn();
    return [];
  };
  return { asked, session: { query, isOpen: () => true, end: async () => undefined } };
}

/** As the replay does: it waits only where it is told to. */
async function add(work: Work, from: number, to: number): Promise<void> {
  if (typeof BINDING === 'string') throw new Error(BINDING);
  for (let at = from; at < to; at += 1) {
    const change = changeOf({ kind: 'insert', relation: 1, row: [String(at)] }, BINDING, {
      xid: 1,
      endLsn: 1n,
    });
    const waiting = work.add(change, 10);
    if (waiting) await waiting;
  }
}

describe('a replay', () => {
  it('is heard and answered by the server while it reads on', async () => {
    const { session, asked } = server();
    const work = new Work(session);
    await work.open();
    await add(work, 0, BATCH);
    asked.length = 0;
    await add(work, BATCH, 2 * BATCH - 1);
    // All of the first batch was applied before the second was complete.
    expect(asked.slice(-2)).toEqual(['INSERT INTO', 'RELEASE SAVEPOINT']);
    await work.settle();
    expect(asked.slice(-2)).toEqual(['INSERT INTO', 'RELEASE SAVEPOINT']);
    expect(asked.filter((sql) => sql === 'INSERT INTO')).toHaveLength(2);
  });
});
