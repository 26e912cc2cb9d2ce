import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cutOver } from '../../../bin/database-import/cutover';
import { follow } from '../../../bin/database-import/follow';
import type { ImportWork } from '../../../bin/database-import/ports';
import { prepare } from '../../../bin/database-import/prepare';
import { connect } from '../../../bin/database-import/server/connect';
import { conninfoOf, type Dsn } from '../../../bin/database-import/server/dsn';
import { pgDump } from '../../../bin/database-import/server/schema-source';
import { verify } from '../../../bin/database-import/verify';
import { systemClock } from '../../../lambda/runtime/clock';
import type { Installation } from '../../../local/postgres/binaries';
import { AUTHORITY, DATABASE, type FencedServer, LOGICAL, OWNER, startFenced } from '../../support/fence';
import { startPostgres, type TestPostgres } from '../../support/postgres';

const PREFIX = '/usr';
const VERSIONS = 'lib/postgresql';
/** Of the new server; a later one cannot be taken over. */
const NEWEST = 17;

/** The latest PostgreSQL that Debian's packages have put here; there is no other way to try their pg_dump. */
function debians(): Installation {
  const folder = join(PREFIX, VERSIONS);
  const found = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  const [version] = found
    .filter((one) => one <= NEWEST)
    .filter((one) => ['postgres', 'pg_dump'].every((name) => existsSync(join(folder, `${one}/bin`, name))))
    .sort((one, other) => other - one);
  if (version === undefined)
    throw new Error(
      `This test takes over a PostgreSQL of Debian (11 to ${NEWEST}), and ${folder} has none: install it as .ci/run does (apt-get install postgresql).`,
    );
  return {
    prefix: PREFIX,
    bin: `${VERSIONS}/${version}/bin`,
    lib: `${VERSIONS}/${version}/lib`,
    share: `share/postgresql/${version}`,
  };
}

/** What a schema of some years may have in it, and what its dump is hard to split at. */
const SCHEMA = `
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE SCHEMA shop;
  CREATE DOMAIN shop.cents AS bigint CHECK (VALUE >= 0);
  CREATE TABLE shop.people (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C", mood mood DEFAULT 'ok',
    loud text GENERATED ALWAYS AS (upper(name)) STORED, tags text[], more jsonb, raw bytea);
  CREATE TABLE shop.pays (
    person int REFERENCES shop.people, n int, amount shop.cents, PRIMARY KEY (person, n)) PARTITION BY RANGE (n);
  CREATE TABLE shop.pays_first PARTITION OF shop.pays FOR VALUES FROM (0) TO (100);
  CREATE TABLE shop.pays_rest PARTITION OF shop.pays DEFAULT;
  CREATE FUNCTION shop.same(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN a; -- ; it's
  END; $$;
  CREATE VIEW shop.names AS SELECT name FROM shop.people;
  CREATE INDEX ON shop.people (lower(name)) WHERE mood = 'ok';
  CREATE RULE gone AS ON DELETE TO shop.names
    DO INSTEAD (DELETE FROM shop.people WHERE name = OLD.name; SELECT 1);
  COMMENT ON TABLE shop.people IS 'it''s; all';
  ALTER TABLE shop.people ENABLE ROW LEVEL SECURITY;
  INSERT INTO shop.people (name, tags, more, raw)
    SELECT 'n' || i, ARRAY['a;', 'b"'], '{"x": 1}', '\\x00ff' FROM generate_series(1, 50000) AS i;
  INSERT INTO shop.pays SELECT i, i % 150, i FROM generate_series(1, 50000) AS i`;

/** Moves everything, as the command does; ends its sessions. */
async function moved(old: TestPostgres, fresh: FencedServer, bin: string) {
  const from: Dsn = {
    host: old.host,
    port: old.port,
    database: 'postgres',
    ...old.superuser,
    tls: 'off',
  };
  const to: Dsn = {
    host: fresh.server.host,
    port: fresh.server.port,
    database: DATABASE,
    ...OWNER,
    tls: 'verified',
  };
  const source = await connect(from);
  const target = await connect(to, { ca: AUTHORITY });
  const work: ImportWork = {
    source,
    target,
    schema: pgDump(from, { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` }),
    conninfo: conninfoOf(from, undefined),
    tell: () => {},
    manner: { json: false, dryRun: false, clock: systemClock, stop: new AbortController().signal },
  };
  try {
    return [
      await prepare(work),
      await follow(work),
      await cutOver(work, { withinSeconds: 60, compare: 'rows' }),
      await verify(work, { compare: 'rows' }),
    ];
  } finally {
    await Promise.allSettled([source.end(), target.end()]);
  }
}

describe('a PostgreSQL as Debian packages it', () => {
  it('is taken over by the schema that its own pg_dump writes, every row of it', async () => {
    const installation = debians();
    const old = await startPostgres({ settings: { wal_level: 'logical' }, installation });
    const fresh = await startFenced(LOGICAL).catch(async (error: unknown) => {
      await old.stop();
      throw error;
    });
    try {
      await fresh.setup({ Archive: 'true' });
      await fresh.open(1, 3_500);
      const owner = await fresh.as();
      await owner.query('DROP TABLE public.orders');
      const admin = await old.connect();
      await admin.query(SCHEMA);
      await admin.end();

      const ended = await moved(old, fresh, join(installation.prefix, installation.bin));

      const wrong = ended.filter(({ outcome }) => outcome !== 'done');
      expect([ended.length, wrong.flatMap(({ sentences }) => sentences)]).toEqual([4, []]);
      const { rows } = await owner.query(
        "SELECT count(*)::int AS n, count(loud)::int AS loud, max(raw::text) AS raw FROM shop.people WHERE tags = ARRAY['a;', 'b\"']",
      );
      expect(rows).toEqual([{ n: 50_000, loud: 50_000, raw: '\\x00ff' }]);
      await owner.query("DELETE FROM shop.names WHERE name = 'nobody'");
      await owner.end();
    } finally {
      await Promise.all([old.stop(), fresh.stop()]);
    }
  }, 180_000);
});
