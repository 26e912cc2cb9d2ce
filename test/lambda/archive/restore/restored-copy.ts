import type { Client } from 'pg';
import { TwoSides } from '../salvage/two-sides';

export const SCHEMA = `
CREATE TABLE item (id int PRIMARY KEY, note text, amount numeric);
CREATE TABLE "Odd name" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flag bool, list int[]);
`;
/** Transactions of some rows each, numbered. */
export async function work(client: Client, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    await client.query('BEGIN');
    await client.query('INSERT INTO item VALUES ($1, $2, $3)', [n, `note ${n}`, n / 3]);
    await client.query('UPDATE item SET amount = amount + 1 WHERE id % 3 = $1', [n % 3]);
    await client.query('INSERT INTO "Odd name" (flag, list) VALUES ($1, $2)', [n % 2 === 0, [n, n + 1]]);
    if (n % 5 === 4) await client.query('DELETE FROM item WHERE id = $1', [n - 2]);
    await client.query('COMMIT');
  }
}

/**
 * @param started told of the servers as soon as they run, so that they can be stopped whatever happens
 * @returns a copy with the first transactions, and an archive with all
 */
export async function restoredCopy(
  first: number,
  all: number,
  started: (two: TwoSides) => void,
): Promise<TwoSides> {
  const two = await TwoSides.start(SCHEMA);
  started(two);
  await work(two.oldClient, 0, first);
  await two.part();
  await work(two.oldClient, first, all);
  await two.promote();
  await two.client.query(`SELECT pg_drop_replication_slot('holdfast_archive')`);
  return two;
}
