import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { contentOf } from '../../../../lambda/archive/compare/content';
import { differenceOf } from '../../../../lambda/archive/compare/difference';
import { lsnText } from '../../../../lambda/archive/format/positions';
import { NotConnected } from '../../../../lambda/archive/restore/base-end';
import { copyTables, NotCopied } from '../../../../lambda/archive/restore/copy-tables';
import { NotRestored, prepare } from '../../../../lambda/archive/restore/restored';
import { topUp } from '../../../../lambda/archive/restore/top-up';
import { verifyRestored } from '../../../../lambda/archive/restore/verify';
import { sessionOf, TwoSides } from '../salvage/two-sides';
import { memoryStore } from '../support/memory-store';
import { restoredCopy, SCHEMA, work } from './restored-copy';

/** A physical copy that stopped early, as a restored one does: what came after is only in the archive. */

const LATEST = { kind: 'latest' } as const;
const ALL = { bytesMax: 1024 ** 3 };
const always = (): boolean => true;

let sides: TwoSides | undefined;
afterEach(async () => {
  await sides?.stop();
  sides = undefined;
});

const restored = (first: number, all: number): Promise<TwoSides> =>
  restoredCopy(first, all, (two) => {
    sides = two;
  });

const rowsOf = async (client: Client) => {
  const content = await contentOf(sessionOf(client), {});
  return { ...content, sequences: [] };
};

async function lastItem(client: Client): Promise<number> {
  const { rows } = await client.query<{ last: number }>('SELECT max(id) AS last FROM public.item');
  return rows[0]?.last ?? 0;
}

/** Waits until a replica has everything that its source has written. */
async function until(source: Client, replica: Client): Promise<void> {
  const { rows } = await source.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await replica.query<{ there: boolean }>(
      'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
      [rows[0]?.lsn],
    );
    if (found.rows[0]?.there) return;
    await replica.query('SELECT pg_sleep(0.02)');
  }
  throw new Error('The replica did not catch up.');
}

describe('the top-up of a restored copy', () => {
  it('adds what the archive has and the copy lacks, wherever the copy ends, and nothing twice', async () => {
    const two = await restored(7, 20);
    await two.archiveOld();
    const session = sessionOf(two.client);

    const first = await topUp(session, two.store, LATEST, always);
    const again = await topUp(session, two.store, LATEST, always);

    expect(first).toMatchObject({ ended: 'input', transactions: 13 });
    expect(again.transactions).toBe(0);
    expect(differenceOf(await rowsOf(two.oldClient), await rowsOf(two.client))).toBeUndefined();
    const head = first.head?.endLsn;
    expect(await verifyRestored(session, two.store, LATEST, { ...ALL, head })).toMatchObject({
      problems: [],
      unheld: null,
    });
  });

  it('finds the end of a copy within a segment of thousands of transactions', async () => {
    const two = await TwoSides.start(SCHEMA);
    sides = two;
    const insert = (from: number, to: number) =>
      two.oldClient.query(
        `DO $$ BEGIN FOR n IN ${from}..${to} LOOP INSERT INTO item VALUES (n, 'many', n); COMMIT; END LOOP; END $$`,
      );
    await insert(1, 1_800);
    await two.part();
    await insert(1_801, 2_000);
    await two.promote();
    await two.client.query(`SELECT pg_drop_replication_slot('holdfast_archive')`);
    await two.archiveOld(undefined, { transactions: 5_000 });
    const session = sessionOf(two.client);

    expect(await topUp(session, two.store, LATEST, always)).toMatchObject({
      ended: 'input',
      transactions: 200,
    });
    expect(differenceOf(await rowsOf(two.oldClient), await rowsOf(two.client))).toBeUndefined();
  });

  it('goes on where its time was up', async () => {
    const two = await restored(3, 15);
    await two.archiveOld();
    const session = sessionOf(two.client);
    let left = 5;

    const paused = await topUp(session, two.store, LATEST, () => left-- > 0);
    const rest = await topUp(session, two.store, LATEST, always);

    expect(paused).toMatchObject({ ended: 'paused', transactions: 5 });
    expect(rest).toMatchObject({ ended: 'input', transactions: 7 });
    expect(differenceOf(await rowsOf(two.oldClient), await rowsOf(two.client))).toBeUndefined();
  });

  it('ends exactly at a position, and a verification finds what is lacking before one', async () => {
    const two = await restored(3, 12);
    const transactions = await two.archiveOld();
    const session = sessionOf(two.client);
    const at = (index: number) => ({ kind: 'lsn', lsn: lsnText(transactions[index]?.endLsn ?? 0n) }) as const;

    await topUp(session, two.store, at(7), always);

    expect(await lastItem(two.client)).toBe(7);
    expect((await verifyRestored(session, two.store, at(7), ALL)).problems).toEqual([]);
    expect((await verifyRestored(session, two.store, at(8), ALL)).problems).toEqual([
      expect.stringContaining('It lacks the transaction'),
    ]);
    expect((await verifyRestored(session, two.store, at(6), ALL)).problems).toEqual([
      expect.stringContaining('which is behind'),
    ]);
    const head = lsnText(transactions.at(-1)?.endLsn ?? 0n);
    expect((await verifyRestored(session, two.store, LATEST, { ...ALL, head })).problems).toEqual([
      expect.stringContaining(`and the archive went up to ${head} when it was topped up`),
    ]);
  });

  it('adds nothing between two transactions, by position or by time, and one at the microsecond of its commit', async () => {
    const two = await restored(3, 12);
    const transactions = await two.archiveOld();
    const session = sessionOf(two.client);
    const [sixth, seventh] = [transactions[6], transactions[7]];
    if (!sixth || !seventh) throw new Error('There are twelve transactions.');
    const time = (timeUs: bigint) => ({ kind: 'time', timeUs }) as const;
    const behind = { kind: 'lsn', lsn: lsnText(sixth.endLsn + 1n) } as const;
    const last: number[] = [];
    for (const target of [behind, time(seventh.commitTimeUs - 1n), time(seventh.commitTimeUs)]) {
      await topUp(session, two.store, target, always);
      last.push(await lastItem(two.client));
      expect((await verifyRestored(session, two.store, target, ALL)).problems).toEqual([]);
    }
    expect(last).toEqual([6, 6, 7]);
  });

  it('adds to a backup of a copy that became the writer only what came after that backup', async () => {
    const two = await restored(7, 20);
    await two.archiveOld();
    const filling = await two.promoted.connect();
    await topUp(sessionOf(filling), two.store, LATEST, always);
    await filling.end();
    // The copy leads the second epoch; its ledger is in every backup of it.
    await two.client.query('SELECT pg_create_logical_replication_slot($1, $2)', [
      'holdfast_archive',
      'pgoutput',
    ]);
    await work(two.client, 20, 25);
    const backup = await two.promoted.replica();
    const client = await backup.connect();
    try {
      await until(two.client, client);
      await backup.promote();
      await work(two.client, 25, 30);
      two.store.objects.clear();
      await two.archive(20);

      const { transactions } = await topUp(sessionOf(client), two.store, LATEST, always);

      expect(transactions).toBe(5);
      expect(differenceOf(await rowsOf(two.client), await rowsOf(client))).toBeUndefined();
    } finally {
      await client.end();
      await backup.stop();
    }
  });

  it('refuses a copy that has what was written after the other side had taken over', async () => {
    const two = await restored(6, 12);
    // The new epoch began with the third: the copy has more of the old one.
    await two.client.query('SELECT pg_create_logical_replication_slot($1, $2)', [
      'holdfast_archive',
      'pgoutput',
    ]);
    await two.archive(3);

    await expect(topUp(sessionOf(two.client), two.store, LATEST, always)).rejects.toThrow(NotConnected);
  });

  it('refuses a copy that has no transaction of the archive', async () => {
    const two = await restored(0, 5);
    await two.archiveOld();

    const session = sessionOf(two.client);
    await expect(topUp(session, two.store, LATEST, always)).rejects.toThrow(
      'nobody can say what is missing between them',
    );
    const { unheld } = await verifyRestored(session, two.store, LATEST, ALL);
    expect(unheld).toContain('top it up first');
    const none = await verifyRestored(session, memoryStore(), LATEST, ALL);
    expect(none.unheld).toBe('The archive has no transaction of this database.');
  });
});

describe('a restored copy', () => {
  it('is prepared again and again to the same end, and a replica is none', async () => {
    const two = await restored(1, 1);
    const once = await prepare(sessionOf(two.client));
    expect(once).toMatchObject({ closed: true, activeJobs: 0, database: 'postgres' });
    expect(await prepare(sessionOf(two.client))).toMatchObject({ closed: true });
    const replica = await two.promoted.replica();
    const client = await replica.connect();
    try {
      await expect(prepare(sessionOf(client))).rejects.toThrow(NotRestored);
    } finally {
      await client.end();
      await replica.stop();
    }
  });

  it('gives tables to the living database in a schema of their own, however often it is interrupted', async () => {
    const two = await restored(10, 10);
    const [from, to] = [sessionOf(two.client), sessionOf(two.oldClient)];
    const tables = ['item', '"Odd name"'];

    const begun = await copyTables(from, to, tables, 'restored_x', () => false);
    const ended = await copyTables(from, to, tables, 'restored_x', always);
    await copyTables(from, to, tables, 'restored_x', always);

    expect(begun.map(({ whole }) => whole)).toEqual([false, false]);
    expect(ended.map(({ whole, rows }) => [whole, rows])).toEqual([
      [true, '8'],
      [true, '10'],
    ]);
    const same = await two.oldClient.query(
      `SELECT * FROM public."Odd name" EXCEPT ALL SELECT * FROM restored_x."public_Odd name"`,
    );
    expect(same.rowCount).toBe(0);
    await expect(copyTables(from, to, ['none'], 'restored_y', always)).rejects.toThrow(NotCopied);
    await expect(copyTables(from, to, tables, 'public', always)).rejects.toThrow(
      'has a schema public already',
    );
  });
});
