import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import type { DdlMessage } from '../../../../lambda/archive/contract';
import { quoted } from '../../../../lambda/runtime/postgres/quoting';
import { type FencedServer, startFenced } from '../../../support/fence';
import { ARCHIVED, commandsOf, fingerprintOf, SERVER } from './drain';

/**
 * What the archive is told of each command is enough to carry it out elsewhere: on a copy of the server, from the message
 * alone, the catalogue becomes the same.
 */
let fenced: FencedServer;
let copied: FencedServer;
let source: Client;
let copy: Client;
beforeAll(async () => {
  fenced = await startFenced(SERVER);
  await fenced.setup(ARCHIVED);
  await fenced.open(1, 3_000);
  source = await fenced.as();
  await source.query('CREATE ROLE keeper');
  copied = fenced.on(await fenced.server.replica());
  await copied.server.promote();
  await copied.open(2, 3_000);
  copy = await copied.as();
});
afterAll(async () => {
  await source?.end();
  await copy?.end();
  await copied?.stop();
  await fenced?.stop();
});

async function replay({ searchPath, role, statement, query }: DdlMessage): Promise<void> {
  await copy.query(`SET search_path = ${searchPath}`);
  await copy.query(`SET ROLE ${quoted(role)}`);
  await copy.query(statement ?? query);
  await copy.query('RESET ROLE; RESET search_path');
}

/** A command, what of it is told, and whether it changes what the fingerprint covers. */
const COMMANDS: readonly (readonly [sql: string, ...tags: string[]])[] = [
  ['CREATE SCHEMA sales', 'CREATE SCHEMA'],
  [
    'CREATE TABLE sales.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)',
    'CREATE TABLE',
  ],
  [
    `CREATE TABLE sales.item (id serial PRIMARY KEY, of bigint REFERENCES sales.customer ON DELETE CASCADE,
       at timestamptz DEFAULT '2026-01-01 12:00+02', price numeric(10, 2) CHECK (price > 0),
       gross numeric GENERATED ALWAYS AS (price * 1.2) STORED)`,
    'CREATE TABLE',
  ],
  ['ALTER TABLE sales.item ADD COLUMN note varchar(20) COLLATE "C" DEFAULT \'none\'', 'ALTER TABLE'],
  ['ALTER TABLE sales.item ALTER COLUMN note TYPE text USING upper(note)', 'ALTER TABLE'],
  ['ALTER TABLE sales.item ALTER COLUMN note SET NOT NULL, ALTER COLUMN note DROP DEFAULT', 'ALTER TABLE'],
  ['ALTER TABLE sales.item RENAME COLUMN note TO remark', 'ALTER TABLE'],
  ['ALTER TABLE sales.item DROP COLUMN remark', 'ALTER TABLE'],
  ['ALTER TABLE sales.item ADD CONSTRAINT dear CHECK (price < 1000) NOT VALID', 'ALTER TABLE'],
  ['ALTER TABLE sales.item VALIDATE CONSTRAINT dear', 'ALTER TABLE'],
  ['ALTER TABLE sales.item RENAME CONSTRAINT dear TO cheap', 'ALTER TABLE'],
  ['ALTER TABLE sales.item DROP CONSTRAINT cheap', 'ALTER TABLE'],
  ['CREATE INDEX ON sales.item (of, price DESC) WHERE price > 5', 'CREATE INDEX'],
  ['CREATE UNIQUE INDEX CONCURRENTLY by_name ON sales.customer (lower(name))', 'CREATE INDEX'],
  ['ALTER INDEX sales.by_name RENAME TO by_lower_name', 'ALTER INDEX'],
  ['DROP INDEX CONCURRENTLY sales.by_lower_name', 'DROP INDEX'],
  [
    'CREATE VIEW sales.dear AS SELECT i.id, c.name FROM sales.item i JOIN sales.customer c ON c.id = i.of',
    'CREATE VIEW',
  ],
  ['CREATE OR REPLACE VIEW sales.dear AS SELECT 1 AS id, name, 1 AS one FROM sales.customer', 'CREATE VIEW'],
  ['ALTER VIEW sales.dear RENAME TO known', 'ALTER VIEW'],
  [
    'CREATE MATERIALIZED VIEW sales.sums (of, total) AS SELECT of, sum(price) FROM sales.item GROUP BY of',
    'CREATE MATERIALIZED VIEW',
  ],
  [
    'CREATE TABLE sales.kept (a, b) WITH (fillfactor = 70) AS SELECT id, name COLLATE "C" FROM sales.customer',
    'CREATE TABLE AS',
  ],
  ['SELECT 1.5::numeric(4,1) AS n, ARRAY[now()] AS "When" INTO sales.into_it', 'SELECT INTO'],
  ["CREATE TYPE sales.mood AS ENUM ('good', 'bad')", 'CREATE TYPE'],
  ["ALTER TYPE sales.mood ADD VALUE 'fair' BEFORE 'bad'", 'ALTER TYPE'],
  ["ALTER TYPE sales.mood RENAME VALUE 'bad' TO 'sad'", 'ALTER TYPE'],
  ['CREATE TYPE sales.pair AS (a int, b sales.mood)', 'CREATE TYPE'],
  ['ALTER TYPE sales.pair ADD ATTRIBUTE c text', 'ALTER TYPE'],
  ['CREATE TYPE sales.span AS RANGE (subtype = float8)', 'CREATE TYPE'],
  ["CREATE DOMAIN sales.code AS text CHECK (VALUE ~ '^[A-Z]+$')", 'CREATE DOMAIN'],
  ['ALTER DOMAIN sales.code SET NOT NULL', 'ALTER DOMAIN'],
  ['CREATE SEQUENCE sales.counter INCREMENT 5 MAXVALUE 1000 CYCLE', 'CREATE SEQUENCE'],
  ['ALTER SEQUENCE sales.counter INCREMENT 7', 'ALTER SEQUENCE'],
  [
    'CREATE FUNCTION sales.twice(x int DEFAULT 2) RETURNS int LANGUAGE plpgsql AS $$ BEGIN /* ; */ RETURN 2 * x; END $$',
    'CREATE FUNCTION',
  ],
  ['CREATE FUNCTION sales.thrice(x int) RETURNS int BEGIN ATOMIC SELECT 3 * x; END', 'CREATE FUNCTION'],
  ['ALTER FUNCTION sales.twice IMMUTABLE PARALLEL SAFE', 'ALTER FUNCTION'],
  ['CREATE PROCEDURE sales.run() LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$', 'CREATE PROCEDURE'],
  ["CREATE AGGREGATE sales.every_int(int) (sfunc = int4pl, stype = int, initcond = '0')", 'CREATE AGGREGATE'],
  [
    'CREATE FUNCTION sales.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'CREATE FUNCTION',
  ],
  [
    'CREATE TRIGGER tell BEFORE UPDATE ON sales.item FOR EACH ROW WHEN (OLD.price < NEW.price) EXECUTE FUNCTION sales.tell()',
    'CREATE TRIGGER',
  ],
  ['ALTER TRIGGER tell ON sales.item RENAME TO told', 'ALTER TRIGGER'],
  ['ALTER TABLE sales.item DISABLE TRIGGER told', 'ALTER TABLE'],
  ['DROP TRIGGER told ON sales.item', 'DROP TRIGGER'],
  ['CREATE RULE none AS ON DELETE TO sales.kept DO INSTEAD (SELECT 1; SELECT 2)', 'CREATE RULE'],
  ['ALTER TABLE sales.item ENABLE ROW LEVEL SECURITY', 'ALTER TABLE'],
  ['CREATE POLICY own ON sales.item FOR SELECT TO keeper USING (price > 3)', 'CREATE POLICY'],
  ['DROP POLICY own ON sales.item', 'DROP POLICY'],
  ['CREATE STATISTICS sales.both ON of, price FROM sales.item', 'CREATE STATISTICS'],
  [
    'CREATE TABLE sales.day (at date NOT NULL, n int, PRIMARY KEY (at, n)) PARTITION BY RANGE (at)',
    'CREATE TABLE',
  ],
  [
    "CREATE TABLE sales.day_1 PARTITION OF sales.day FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    'CREATE TABLE',
  ],
  ['CREATE TABLE sales.day_2 (LIKE sales.day INCLUDING ALL)', 'CREATE TABLE'],
  [
    "ALTER TABLE sales.day ATTACH PARTITION sales.day_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    'ALTER TABLE',
  ],
  ['ALTER TABLE sales.day DETACH PARTITION sales.day_1', 'ALTER TABLE'],
  ['CREATE TABLE sales.child (more int) INHERITS (sales.kept)', 'CREATE TABLE'],
  ['CREATE EXTENSION hstore SCHEMA sales', 'CREATE EXTENSION'],
  ['ALTER TABLE sales.kept ADD COLUMN bag sales.hstore', 'ALTER TABLE'],
  [
    'CREATE SCHEMA more CREATE TABLE one (id int PRIMARY KEY) CREATE VIEW two AS SELECT id FROM one',
    'CREATE SCHEMA',
  ],
  ['ALTER TABLE more.one SET SCHEMA sales', 'ALTER TABLE'],
  ['ALTER SCHEMA more RENAME TO less', 'ALTER SCHEMA'],
  ['DROP FUNCTION sales.thrice(int)', 'DROP FUNCTION'],
  ['DROP MATERIALIZED VIEW sales.sums', 'DROP MATERIALIZED VIEW'],
  ['DROP TABLE sales.customer CASCADE', 'DROP TABLE'],
  ['DROP TYPE sales.mood CASCADE', 'DROP TYPE'],
  [
    'DO $do$ BEGIN EXECUTE \'CREATE TABLE sales.made (x int, "a ""b" text)\';\n  CREATE INDEX ON sales.made (x);\nEND $do$',
    'CREATE TABLE',
    'CREATE INDEX',
  ],
  [
    "DO $do$ BEGIN EXECUTE 'CREATE TABLE sales.two_1 (); ;CREATE INDEX ON sales.made (x, x)'; END $do$",
    'CREATE TABLE',
    'CREATE INDEX',
  ],
  ['CREATE TEMP TABLE gone (x int); CREATE TABLE pg_temp.gone_too ()'],
  ['CREATE TABLE sales.stays (); DROP TABLE sales.stays', 'CREATE TABLE', 'DROP TABLE'],
  ['DROP TABLE gone, sales.two_1', 'DROP TABLE'],
  ['DROP EXTENSION hstore CASCADE', 'DROP EXTENSION'],
  ['DROP SCHEMA less CASCADE', 'DROP SCHEMA'],
];

/** In a query with several statements the place says which; it is taken apart as simply as these need it. */
const single = (message: DdlMessage): DdlMessage =>
  message.statement === null && /^CREATE TABLE sales\.stays \(\);/.test(message.query)
    ? { ...message, statement: message.query.split('; ')[message.ordinal - 1] ?? '' }
    : message;

describe('a command of the data definition', () => {
  it.each(COMMANDS)('is told so that a copy comes to the same catalogue: %s', async (sql, ...tags) => {
    const before = await fingerprintOf(source);
    const told = await commandsOf(source, sql);
    expect(told.map(({ tag, opaque }) => [tag, opaque])).toEqual(tags.map((tag) => [tag, false]));
    for (const message of told) {
      await replay(single(message));
      expect([await fingerprintOf(copy), '']).toContain(message.fingerprint);
    }
    expect(told[0]?.fingerprint).not.toBe('');
    const after = await fingerprintOf(source);
    expect(await fingerprintOf(copy)).toBe(after);
    const restores = tags.length === 0 || sql.includes('stays');
    expect(after === before).toBe(restores);
  });

  it.each([
    ["COMMENT ON TABLE sales.item IS 'What we sell'", 'COMMENT'],
    ['GRANT SELECT ON sales.item TO keeper', 'GRANT'],
    ['REVOKE SELECT ON sales.item FROM keeper', 'REVOKE'],
    ['ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO keeper', 'ALTER DEFAULT PRIVILEGES'],
    ['ALTER TABLE sales.item OWNER TO keeper', 'ALTER TABLE'],
    ['ALTER TABLE sales.made REPLICA IDENTITY FULL', 'ALTER TABLE'],
  ])('is told though the fingerprint does not cover it: %s', async (sql, tag) => {
    const before = await fingerprintOf(source);
    const [message, ...more] = await commandsOf(source, sql);
    expect([message?.tag, message?.query, more.length]).toEqual([tag, sql, 0]);
    if (message) await replay(message);
    expect(await fingerprintOf(copy)).toBe(before);
  });
});
