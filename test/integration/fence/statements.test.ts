import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { APP, DATABASE, type FencedServer, OWNER, startFenced } from '../../support/fence';
import { outcomeOf } from '../../support/writers';

/** Every way to write that PostgreSQL has, against a lease that has ended. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced();
  await fenced.setup();
  owner = await fenced.as();
  await fenced.open(1);
  await owner.query(`
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE TABLE children (parent int REFERENCES parents ON DELETE CASCADE);
    CREATE TABLE parts (id int, at date) PARTITION BY RANGE (id);
    CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (0) TO (10);
    CREATE SCHEMA shop CREATE TABLE items (id int);
    CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;
    CREATE VIEW recent AS SELECT * FROM orders;
    INSERT INTO parents VALUES (1), (2);
    INSERT INTO children VALUES (1), (2);
    INSERT INTO orders (note) VALUES ('there')`);
});
afterAll(async () => {
  await owner?.end();
  await fenced?.stop();
});

const setLimit = (milliseconds: string): Promise<unknown> =>
  owner.query(`SELECT setval('holdfast.lease_limit', ${milliseconds})`);
const lapse = (): Promise<unknown> => setLimit('holdfast.now_ms() - 1');
const extend = (): Promise<unknown> => setLimit('holdfast.now_ms() + 60000');

describe('without a lease', () => {
  beforeAll(lapse);
  afterAll(extend);

  it.each([
    "INSERT INTO orders (note) VALUES ('x')",
    "INSERT INTO orders (note) SELECT 'x' WHERE false",
    "UPDATE orders SET note = 'x'",
    'DELETE FROM orders',
    'TRUNCATE orders',
    "MERGE INTO orders o USING (VALUES (1)) v (id) ON o.id = v.id WHEN MATCHED THEN UPDATE SET note = 'x'",
    'WITH gone AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM gone',
    "INSERT INTO recent (note) VALUES ('through a view')",
    'INSERT INTO parts VALUES (1)',
    'INSERT INTO part_one VALUES (1)',
    'INSERT INTO shop.items VALUES (1)',
    'DELETE FROM parents',
    "COPY orders (note) FROM PROGRAM 'echo x'",
    "DO $$ BEGIN INSERT INTO orders (note) VALUES ('in a block'); END $$",
    'CREATE TABLE made (x int)',
    'CREATE TABLE made AS SELECT * FROM orders',
    'SELECT * INTO made FROM orders',
    'ALTER TABLE orders ADD COLUMN more int DEFAULT 1',
    'DROP TABLE orders',
    'DROP SCHEMA shop CASCADE',
    'DROP OWNED BY app_a',
    'REFRESH MATERIALIZED VIEW totals',
    'CREATE INDEX ON orders (note)',
  ])('the owner itself is refused: %s', async (sql) => {
    expect(await outcomeOf(owner, sql)).toBe('HF001');
  });

  it('who plays a replica is refused too', async () => {
    await owner.query("SET session_replication_role = 'replica'");
    expect(await outcomeOf(owner, "INSERT INTO orders (note) VALUES ('x')")).toBe('HF001');
    await owner.query('RESET session_replication_role');
  });

  it('reading goes on', async () => {
    expect(await outcomeOf(owner, 'SELECT count(*) FROM orders')).toBe('done');
  });

  it('nobody but the owner may claim to be the set-up', async () => {
    await owner.query("CREATE ROLE maker LOGIN PASSWORD 'm'; GRANT CREATE ON SCHEMA public TO maker");
    await extend();
    const maker = await fenced.server.connect({ username: 'maker', password: 'm', database: DATABASE });
    await lapse();
    await maker.query("SET holdfast.setup = 'on'");
    expect(await outcomeOf(maker, 'CREATE TABLE mine (x int)')).toBe('HF001');
    await maker.end();
    await owner.query('DROP OWNED BY maker; DROP ROLE maker').catch(() => undefined);
  });
});

describe('a lease that ends while somebody works', () => {
  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'refuses the next write of a transaction that is open: %s',
    async (level) => {
      const app = await fenced.as(APP);
      await app.query(`BEGIN ISOLATION LEVEL ${level}`);
      expect(await outcomeOf(app, "INSERT INTO orders (note) VALUES ('before')")).toBe('done');
      await lapse();
      expect(await outcomeOf(app, "INSERT INTO orders (note) VALUES ('after')")).toBe('HF001');
      await app.end();
      await extend();
    },
  );

  it('refuses a COPY that begins later, and what a cascade would delete', async () => {
    await owner.query('BEGIN');
    await lapse();
    expect(await outcomeOf(owner, 'DELETE FROM parents')).toBe('HF001');
    await owner.query('ROLLBACK');
    await extend();
    expect(await outcomeOf(owner, 'DELETE FROM parents WHERE id = 2')).toBe('done');
    expect((await owner.query('SELECT * FROM children')).rows).toEqual([{ parent: 1 }]);
  });
});

describe('a table that is made while there is a lease', () => {
  const refusedOnceLapsed = async (client: Client, insert: string): Promise<string[]> => {
    const open = await outcomeOf(client, insert);
    await lapse();
    const lapsed = await outcomeOf(client, insert);
    await extend();
    return [open, lapsed];
  };

  it.each([
    ['CREATE TABLE new_one (x int)', 'new_one'],
    ['CREATE TABLE new_two AS SELECT 1 AS x', 'new_two'],
    ['SELECT 1 AS x INTO new_three', 'new_three'],
    ['CREATE SCHEMA wing CREATE TABLE room (x int)', 'wing.room'],
    ['CREATE UNLOGGED TABLE new_four (x int)', 'new_four'],
    ['CREATE TABLE new_part PARTITION OF parts FOR VALUES FROM (10) TO (20)', 'new_part'],
    [
      'CREATE TABLE loose (id int, at date); ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (20) TO (30)',
      'loose',
    ],
  ])('is guarded: %s', async (sql, table) => {
    await owner.query(sql);
    const value = table === 'new_part' ? 15 : table === 'loose' ? 25 : 1;
    expect(await refusedOnceLapsed(owner, `INSERT INTO ${table} VALUES (${value})`)).toEqual([
      'done',
      'HF001',
    ]);
  });

  it('is guarded too if another role makes it', async () => {
    await owner.query("CREATE ROLE builder LOGIN PASSWORD 'b'; GRANT CREATE ON SCHEMA public TO builder");
    const builder = await fenced.server.connect({ username: 'builder', password: 'b', database: DATABASE });
    await builder.query('CREATE TABLE built (x int)');
    expect(await refusedOnceLapsed(builder, 'INSERT INTO built VALUES (1)')).toEqual(['done', 'HF001']);
    await builder.end();
    await owner.query('DROP OWNED BY builder; DROP ROLE builder');
  });

  it('gets its guard back when a load has switched its triggers off and on', async () => {
    await owner.query('ALTER TABLE orders DISABLE TRIGGER ALL');
    expect(await refusedOnceLapsed(owner, "INSERT INTO orders (note) VALUES ('x')")).toEqual([
      'done',
      'HF001',
    ]);
    await owner.query('ALTER TABLE orders ENABLE TRIGGER ALL');
    await owner.query("SET session_replication_role = 'replica'");
    expect(await refusedOnceLapsed(owner, "INSERT INTO orders (note) VALUES ('x')")).toEqual([
      'done',
      'HF001',
    ]);
    await owner.query('RESET session_replication_role');
  });

  it('is not guarded if it is of one session only', async () => {
    await owner.query('CREATE TEMPORARY TABLE mine (x int)');
    expect(await refusedOnceLapsed(owner, 'INSERT INTO mine VALUES (1)')).toEqual(['done', 'done']);
  });

  it('is guarded without any function of the search path having a say', async () => {
    await owner.query(`
      CREATE SCHEMA trick;
      CREATE FUNCTION trick.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1970-01-01'::timestamptz $$`);
    const other = await fenced.server.connect({ ...OWNER, database: DATABASE });
    await other.query('SET search_path = trick, public, pg_catalog');
    expect(await refusedOnceLapsed(other, "INSERT INTO orders (note) VALUES ('x')")).toEqual([
      'done',
      'HF001',
    ]);
    await other.end();
  });
});
