import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { type Content, contentOf } from '../../../../lambda/archive/compare/content';
import { differenceOf } from '../../../../lambda/archive/compare/difference';
import type { Session } from '../../../../lambda/runtime/postgres/session';
import { startPostgres, type TestPostgres } from '../../../support/postgres';
import { sessionOf } from '../replay/world';

let server: TestPostgres;
let client: Client;
let session: Session;
beforeAll(async () => {
  server = await startPostgres();
  client = await server.connect();
  session = sessionOf(client);
}, 60_000);
afterAll(async () => {
  await client.end();
  await server.stop();
});

beforeEach(async () => {
  await client.query(`DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop;
    CREATE TABLE shop.a (t text, a int, f float8); CREATE TABLE shop."Odd ""name" (x json); CREATE SEQUENCE shop.s;
    INSERT INTO shop.a SELECT 'x' || i, i, i / 3.0 FROM generate_series(1, 100) i; INSERT INTO shop."Odd ""name" VALUES ('{}'), (NULL)`);
});

const content = (): Promise<Content> => contentOf(session);

/** @returns what is said of the difference between the content before and after */
async function differenceAfter(sql: string): Promise<string | undefined> {
  const before = await content();
  await client.query(sql);
  return differenceOf(before, await content(), 'before', 'after');
}

describe('the content of a database', () => {
  it('is the same in another order of rows and with other settings of the session', async () => {
    expect(
      await differenceAfter(`CREATE TABLE shop.b AS SELECT * FROM shop.a ORDER BY a DESC; TRUNCATE shop.a; INSERT INTO shop.a TABLE shop.b;
        DROP TABLE shop.b; SET extra_float_digits = -5; SET datestyle = 'german'`),
    ).toBeUndefined();
  });

  it.each([
    [
      'UPDATE shop.a SET f = f + 1e-15 WHERE a = 1',
      'shop.a has 100 rows in both, and they are not the same.',
    ],
    ['UPDATE shop.a SET t = NULL WHERE a = 1', 'shop.a has 100 rows in both, and they are not the same.'],
    ['DELETE FROM shop.a WHERE a = 1', 'shop.a has 100 rows in before and 99 in after.'],
    [`INSERT INTO shop."Odd ""name" VALUES (NULL)`, 'shop."Odd ""name" has 2 rows in before and 3 in after.'],
    ['CREATE TABLE shop.new ()', 'shop.new is in after only.'],
    ['DROP TABLE shop.a', 'shop.a is in before only.'],
    [
      "SELECT nextval('shop.s')",
      'The sequence "shop"."s" is at 1, not given out yet, in before and at 1 in after.',
    ],
    [
      'DROP SEQUENCE shop.s',
      'The sequence "shop"."s" is at 1, not given out yet, in before and at nothing in after.',
    ],
  ])('tells of %s', async (sql, said) => {
    expect(await differenceAfter(sql)).toBe(said);
  });

  it('tells of another catalogue', async () => {
    const one = await content();
    expect(differenceOf({ ...one, fingerprint: 'a' }, { ...one, fingerprint: 'b' })).toBe(
      'The catalogues of the first and the second are not the same.',
    );
  });

  it('leaves out the largest tables where not all may be read, and does not compare them', async () => {
    const some = await contentOf(session, { bytesMax: 17_000 });
    const all = await content();
    expect(some.tables.map(({ table }) => table)).toEqual(['shop."Odd ""name"']);
    expect(some.leftOut).toEqual(['shop.a']);
    expect(differenceOf(some, all)).toBeUndefined();
  });

  it('does not count what belongs to Holdfast', async () => {
    await client.query('CREATE SCHEMA holdfast; CREATE TABLE holdfast.x (); CREATE SEQUENCE holdfast.y');
    const { tables, sequences } = await content();
    await client.query('DROP SCHEMA holdfast CASCADE');
    expect([...tables, ...sequences].filter((one) => JSON.stringify(one).includes('holdfast'))).toEqual([]);
  });
});
