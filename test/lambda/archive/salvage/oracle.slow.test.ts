import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { objections } from '../../../../lambda/archive/salvage/choose';
import { leftBehind } from '../../../../lambda/archive/salvage/left';
import { type Listed, salvageList } from '../../../../lambda/archive/salvage/list';
import { readOldSide, TooMuch } from '../../../../lambda/archive/salvage/old-side';
import type { SalvageReply } from '../../../../lambda/restore/request';
import { salvage, salvageSql } from '../../../../lambda/restore/salvage';
import { sessionOf, TwoSides } from './two-sides';

/**
 * The oracle is the client: it keeps a journal of what was acknowledged, and asks the promoted database by rows, not by
 * transactions, what of it is there.
 */

const SCHEMA = `
CREATE TABLE account (id int PRIMARY KEY, balance numeric NOT NULL, marks text NOT NULL DEFAULT '');
INSERT INTO account SELECT n, 100 FROM generate_series(1, 20) n;
CREATE TABLE journal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mark text NOT NULL UNIQUE, flag bool, c char(5));
CREATE TABLE note (mark text, at timestamptz, big text);
ALTER TABLE note REPLICA IDENTITY FULL;
CREATE TABLE audit (account int, mark text);
ALTER TABLE audit REPLICA IDENTITY FULL;
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO audit VALUES (new.id, new.marks); RETURN new; END $$;
CREATE TRIGGER audit AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION audit();
`;

/** One transaction: a transfer, which leaves its mark in the journal. */
async function transfer(client: Client, mark: string, from: number, to: number): Promise<void> {
  await client.query('BEGIN');
  await client.query(`UPDATE account SET balance = balance - 1, marks = marks || $2 WHERE id = $1`, [
    from,
    mark,
  ]);
  await client.query(`UPDATE account SET balance = balance + 1, marks = marks || $2 WHERE id = $1`, [
    to,
    mark,
  ]);
  await client.query(`INSERT INTO journal (mark, flag, c) VALUES ($1, true, 'ab')`, [mark]);
  await client.query(`INSERT INTO note VALUES ($1, now(), repeat($1, 3000))`, [mark]);
  await client.query('COMMIT');
}

const marksOf = async (client: Client): Promise<string[]> =>
  (await client.query<{ mark: string }>('SELECT mark FROM journal ORDER BY id')).rows.map(({ mark }) => mark);

let sides: TwoSides | undefined;
afterEach(async () => {
  await sides?.stop();
  sides = undefined;
});

async function listOf(two: TwoSides): Promise<Listed[]> {
  const left = await leftBehind(two.store, two.database, undefined);
  const found: Listed[] = [];
  const session = sessionOf(two.client);
  for await (const one of salvageList({ session, archive: two.store, left, oldSide: [] })) found.push(one);
  return found;
}

const markIn = ({ checked }: Listed): string | null | undefined =>
  checked.rows.find(({ table }) => table === 'public.journal')?.after?.mark;

const sqlFor = async (two: TwoSides, chosen: readonly Listed[]) =>
  salvageSql(
    {
      session: sessionOf(two.client),
      archive: two.store,
      oldSide: undefined,
    },
    {
      operation: 'salvage-sql',
      epoch: null,
      oldSide: null,
      transactions: chosen.map(({ transaction }) => transaction.endLsn),
      after: null,
    },
  );

/** Without the line that only psql knows. */
const runnable = (sql: string): string => sql.replace(/^\\.*$/m, '');

describe('salvage after a promotion with lag', () => {
  it('lists exactly what was acknowledged and is not there, though the same numbers were given again', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    const acknowledged: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      await transfer(oldClient, `a${n}`, (n % 5) + 1, (n % 5) + 6);
      acknowledged.push(`a${n}`);
      if (n === 6) await sides.part();
    }
    await sides.promote();
    for (let n = 0; n < 8; n += 1) await transfer(client, `b${n}`, 15, 16);
    await sides.archive(4);

    const listed = await listOf(sides);

    const there = await marksOf(client);
    expect(listed.map(markIn)).toEqual(acknowledged.filter((mark) => !there.includes(mark)));
    const given = await client.query<{ xid: string }>(
      `SELECT xmin::text AS xid FROM journal WHERE mark LIKE 'b%'`,
    );
    const again = given.rows.filter(({ xid }) =>
      listed.some(({ transaction }) => String(transaction.xid) === xid),
    );
    expect(again.length).toBeGreaterThan(0);
  });

  it('is completed from the old side, where that can be read, and an interval where it cannot', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    await transfer(oldClient, 'shared', 1, 2);
    await sides.part();
    for (const mark of ['archived', 'beyond', 'last']) await transfer(oldClient, mark, 3, 4);
    await sides.promote();
    await transfer(client, 'new', 5, 6);
    await sides.archive(1, 2);
    const asked = { operation: 'salvage', epoch: null, oldSide: null, after: null } as const;
    const world = { session: sessionOf(client), archive: sides.store, oldSide: undefined };
    const { frames } = await readOldSide(sessionOf(oldClient), 1_000_000);

    const without = await salvage(world, asked);
    const complete = await salvage({ ...world, oldSide: frames }, asked);

    const marks = ({ transactions }: SalvageReply) =>
      transactions.map(({ rows, from }) => [
        rows.find(({ table }) => table === 'public.journal')?.after?.mark,
        from,
      ]);
    expect(marks(without)).toEqual([['archived', 'archive']]);
    expect(without.summary.beyond?.fromUs).toBe(without.summary.head?.commitTimeUs);
    expect(marks(complete)).toEqual([
      ['archived', 'archive'],
      ['beyond', 'old side'],
      ['last', 'old side'],
    ]);
    expect(complete.summary).toMatchObject({ beyond: null, completed: true });
    await expect(readOldSide(sessionOf(oldClient), 100)).rejects.toThrow(TooMuch);
  });

  it('tells a row that was changed since from one that was not, and what builds on another lost one', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    await transfer(oldClient, 'shared', 1, 2);
    await sides.part();
    await transfer(oldClient, 'free', 3, 4);
    await transfer(oldClient, 'touched', 5, 6);
    await transfer(oldClient, 'built', 3, 7);
    await sides.promote();
    // Changed and changed back: still somebody's change.
    await client.query('UPDATE account SET balance = balance + 1 WHERE id = 5');
    await client.query('UPDATE account SET balance = balance - 1 WHERE id = 5');
    await sides.archive(1);

    const [free, touched, built] = await listOf(sides);

    expect(free?.checked.conflicts).toEqual([]);
    expect(touched?.checked.conflicts).toEqual(['The row {"id":"5"} of public.account was changed since.']);
    expect(built?.checked.needs).toEqual([free?.transaction.endLsn]);
    const update = free?.checked.rows.find(({ operation }) => operation === 'update');
    expect(update).toMatchObject({
      key: { id: '3' },
      before: { id: '3', balance: '100', marks: '' },
      after: { id: '3', balance: '99', marks: 'free' },
    });
    const all = [free, touched, built].flatMap((one) => one ?? []);
    expect(objections(all, new Set([built?.transaction.endLsn ?? '']))).toEqual([
      expect.stringContaining('choose that too'),
    ]);
  });

  it('writes SQL that applies the chosen ones once, with what triggers did and nothing twice', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    await sides.part();
    await transfer(oldClient, 'one', 1, 2);
    await transfer(oldClient, 'two', 2, 3);
    await oldClient.query(`UPDATE journal SET flag = false, c = 'x' WHERE mark = 'one'`);
    await oldClient.query(`DELETE FROM note WHERE mark = 'two'`);
    await oldClient.query('UPDATE account SET id = 21 WHERE id = 20');
    await sides.promote();
    await client.query('CREATE TABLE other (id int PRIMARY KEY)');
    await client.query('INSERT INTO other VALUES (1)');
    await sides.archive(0);
    const listed = await listOf(sides);

    const { outcome, sql } = await sqlFor(sides, listed);
    expect(outcome).toBe('done');
    await client.query(runnable(sql));

    for (const table of ['account', 'journal', 'note', 'audit']) {
      const all = `SELECT t::text AS row FROM ${table} t ORDER BY 1`;
      expect((await client.query(all)).rows).toEqual((await oldClient.query(all)).rows);
    }
    await expect(client.query(runnable(sql))).rejects.toThrow('salvaged_pkey');
    await client.query('ROLLBACK');
    const again = await listOf(sides);
    expect(again.map(({ applied }) => applied)).toEqual(listed.map(() => true));
    await client.query(`INSERT INTO journal (mark) VALUES ('new')`);
    const off = await client.query('SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = $1', ['D']);
    expect(off.rowCount).toBe(0);
  });

  it('writes SQL that applies nothing if a row was changed after it was written', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    await transfer(oldClient, 'before', 8, 9);
    await sides.part();
    await transfer(oldClient, 'late', 1, 2);
    await sides.promote();
    await transfer(client, 'first', 10, 11);
    await sides.archive(1);
    const { sql } = await sqlFor(sides, await listOf(sides));

    await client.query('UPDATE account SET balance = 0 WHERE id = 2');

    await expect(client.query(runnable(sql))).rejects.toThrow(
      'the row {"id":"2"} of public.account was changed since',
    );
    await client.query('ROLLBACK');
    expect(await marksOf(client)).toEqual(['before', 'first']);
  });

  it('refuses to write SQL for a transaction that stands against the database as it is', async () => {
    sides = await TwoSides.start(SCHEMA);
    const { oldClient, client } = sides;
    await sides.part();
    await transfer(oldClient, 'lost', 1, 2);
    await oldClient.query('TRUNCATE note');
    await sides.promote();
    await transfer(client, 'new', 2, 3);
    await sides.archive(0);

    const answer = await sqlFor(sides, await listOf(sides));

    expect(answer).toMatchObject({ outcome: 'refused', sql: '' });
    expect(answer.sentence).toContain('The row {"id":"2"} of public.account was changed since.');
    expect(answer.sentence).toContain('The table public.note has rows that were written since.');
  });
});
