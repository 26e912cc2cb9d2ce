import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import type { DdlMessage } from '../../../../lambda/archive/contract';
import { APP, type FencedServer, startFenced } from '../../../support/fence';
import { ARCHIVED, commandsIn, commandsOf, drain, SERVER } from './drain';

/** What the archive is told of commands, and above all what it is not. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced(SERVER);
  await fenced.setup(ARCHIVED);
  await fenced.open(1, 3_000);
  owner = await fenced.as();
});
afterAll(async () => {
  await owner?.end();
  await fenced?.stop();
});

const told = (sql: string): Promise<readonly DdlMessage[]> => commandsOf(owner, sql);
const tagsOf = async (sql: string): Promise<readonly string[]> => (await told(sql)).map(({ tag }) => tag);

describe('a query with several statements', () => {
  it('has each of its commands told with its place, temporary ones and those that do nothing counted', async () => {
    const sql =
      'CREATE TABLE p_1 (); SELECT 1; CREATE TEMP TABLE p_2 (); DROP TABLE IF EXISTS p_9; CREATE VIEW p_3 AS SELECT 1 AS one';
    const messages = await told(sql);
    expect(messages.map(({ tag, ordinal, statement, query }) => [tag, ordinal, statement, query])).toEqual([
      ['CREATE TABLE', 1, null, sql],
      ['CREATE VIEW', 4, null, sql],
    ]);
  });

  it('keeps the places over the end of a transaction', async () => {
    const messages = await told('BEGIN; CREATE TABLE q_1 (); COMMIT; CREATE TABLE q_2 ()');
    expect(messages.map(({ ordinal, opaque }) => [ordinal, opaque])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it.each([
    'CREATE TABLE r_1 (); ROLLBACK; CREATE TABLE r_2 ()',
    'SAVEPOINT s; CREATE TABLE r_1 (); ROLLBACK /* to */ TO s; CREATE TABLE r_3 ()',
  ])('is opaque where a place may have been undone: %s', async (sql) => {
    const [message] = await told(sql.startsWith('SAVEPOINT') ? `BEGIN; ${sql}; COMMIT` : sql);
    expect(message).toMatchObject({ tag: 'CREATE TABLE', opaque: true });
  });

  it('is not opaque for a word in a body, a name or a comment', async () => {
    const messages = await told(
      `CREATE FUNCTION s_1() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN RAISE 'rollback; $$'; END $x$; -- rollback;
       CREATE TABLE s_2 ("reset;" text DEFAULT E'\\';abort', b text DEFAULT 'it''s; discard') /* ; reset */`,
    );
    expect(messages.map(({ ordinal, opaque }) => [ordinal, opaque])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it('counts anew with the next query', async () => {
    await told('CREATE TABLE t_1 ()');
    expect(await told('CREATE TABLE t_2 ()')).toMatchObject([{ ordinal: 1 }]);
  });
});

describe('a command in a function', () => {
  it('is told with its own text, search path and role', async () => {
    await owner.query(`CREATE SCHEMA inner_place; CREATE ROLE maker; GRANT ALL ON SCHEMA inner_place TO maker;
      CREATE FUNCTION make_it() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = inner_place AS $$
      BEGIN
        CREATE TABLE u_1 (x text DEFAULT 'a "quoted"
"\nPL/pgSQL word');
      END $$; ALTER FUNCTION make_it() OWNER TO maker`);
    const [message] = await told('SELECT make_it()');
    expect(message).toMatchObject({
      statement: `CREATE TABLE u_1 (x text DEFAULT 'a "quoted"\n"\nPL/pgSQL word')`,
      opaque: false,
      searchPath: 'inner_place',
      role: 'maker',
      objects: [{ type: 'table', identity: 'inner_place.u_1' }],
    });
  });

  it('is told with the innermost text where functions call each other', async () => {
    await owner.query(`CREATE FUNCTION make_v() RETURNS void LANGUAGE plpgsql AS $$
      BEGIN EXECUTE 'CREATE TABLE v_1 (x int)'; END $$;
      CREATE FUNCTION call_v() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM make_v(); END $$`);
    expect(await told('DO $$ BEGIN PERFORM call_v(); END $$')).toMatchObject([
      { statement: 'CREATE TABLE v_1 (x int)', opaque: false },
    ]);
  });

  it('is told with the one of several in an EXECUTE that it can only be', async () => {
    const messages = await told(
      `DO $$ BEGIN EXECUTE 'CREATE TABLE w_1 (x int); CREATE UNIQUE  INDEX w_2 ON w_1 (x); '; END $$`,
    );
    expect(messages.map(({ statement }) => statement)).toEqual([
      'CREATE TABLE w_1 (x int)',
      'CREATE UNIQUE  INDEX w_2 ON w_1 (x)',
    ]);
  });

  it.each([
    ["DO $$ BEGIN EXECUTE 'CREATE TABLE x_1 (); CREATE TABLE x_2 ()'; END $$", 2],
    ["CREATE FUNCTION x_3() RETURNS void LANGUAGE sql AS 'CREATE TABLE x_4 ()'; SELECT x_3()", 1],
  ])('is opaque where its text cannot be told: %s', async (sql, count) => {
    const messages = (await told(sql)).filter(({ tag }) => tag === 'CREATE TABLE');
    expect(messages).toHaveLength(count);
    for (const { opaque, statement, objects } of messages) {
      expect([opaque, statement, objects.length]).toEqual([true, null, 1]);
    }
  });

  it('is opaque where the text itself looks like the end of one', async () => {
    const odd = `CREATE TABLE y_1 (x text DEFAULT 'a"\nPL/pgSQL function f() line 3 at EXECUTE')`;
    expect(await told(`DO $do$ BEGIN ${odd}; END $do$`)).toMatchObject([{ opaque: true, statement: null }]);
  });
});

describe('an event trigger of the application', () => {
  it('has what it does told after the command that it answers', async () => {
    await owner.query(`CREATE FUNCTION add_index() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN IF TG_TAG = 'CREATE TABLE' THEN CREATE INDEX z_2 ON z_1 (x); END IF; END $$;
      CREATE EVENT TRIGGER "0_first" ON ddl_command_start EXECUTE FUNCTION holdfast.refuse_table_changes();
      CREATE EVENT TRIGGER a_first ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION add_index()`);
    expect(await told('CREATE TABLE z_1 (x int)')).toMatchObject([
      { tag: 'CREATE TABLE', statement: null },
      { tag: 'CREATE INDEX', statement: 'CREATE INDEX z_2 ON z_1 (x)' },
    ]);
    await owner.query('DROP EVENT TRIGGER a_first; DROP EVENT TRIGGER "0_first"');
  });
});

describe('what is not told', () => {
  it('is what is undone', async () => {
    expect(await tagsOf('BEGIN; CREATE TABLE a_1 (); ROLLBACK')).toEqual([]);
    const kept = 'BEGIN; CREATE TABLE a_2 (); SAVEPOINT s; DROP TABLE a_2; ROLLBACK TO s; COMMIT';
    expect(await tagsOf(kept)).toEqual(['CREATE TABLE']);
  });

  it.each([
    'CREATE TEMP TABLE b_1 (id int PRIMARY KEY)',
    "CREATE INDEX ON b_1 (id); COMMENT ON COLUMN b_1.id IS 'x'; ALTER TABLE b_1 ADD x int",
    'CREATE TRIGGER t BEFORE INSERT ON b_1 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'CREATE TEMP VIEW b_2 AS SELECT * FROM b_1; DROP VIEW b_2; DROP TABLE b_1',
    'CREATE TABLE IF NOT EXISTS orders (); DROP TABLE IF EXISTS nothing_there; ALTER TABLE IF EXISTS nothing_there ADD x int',
    'REINDEX TABLE orders',
    "CREATE TABLE holdfast.b_3 (); COMMENT ON TABLE holdfast.b_3 IS 'x'; DROP TABLE holdfast.b_3",
    "DROP TRIGGER holdfast_guard ON orders; SELECT holdfast.guard_table('orders')",
    'CREATE ROLE b_4; GRANT maker TO b_4; DROP ROLE b_4; ANALYZE orders',
  ])('is what changes nothing, or nothing that lasts, or only what is Holdfast’s: %s', async (sql) => {
    expect(await tagsOf(sql)).toEqual([]);
  });

  it('is the filling of a materialised view, which is made empty elsewhere', async () => {
    expect(await told('CREATE MATERIALIZED VIEW b_5 AS SELECT id FROM orders')).toMatchObject([
      {
        statement: expect.stringMatching(/^CREATE MATERIALIZED VIEW public\.b_5 \(id\) AS .* WITH NO DATA$/s),
      },
    ]);
    expect(await tagsOf('REFRESH MATERIALIZED VIEW b_5')).toEqual([]);
  });

  it('is what the script of an extension does, and the guard that its table is given', async () => {
    expect(await tagsOf('CREATE EXTENSION hstore; CREATE TABLE b_6 (x hstore)')).toEqual([
      'CREATE EXTENSION',
      'CREATE TABLE',
    ]);
  });

  it('is a second time what ALTER TABLE drops', async () => {
    await owner.query('CREATE TABLE b_7 (x int, y int)');
    expect(await tagsOf('ALTER TABLE b_7 DROP COLUMN y')).toEqual(['ALTER TABLE']);
  });

  it('is the rows of a table that is made with rows: they come by themselves', async () => {
    await drain(owner);
    await owner.query("CREATE TABLE b_8 AS SELECT n, 'x' AS x FROM generate_series(1, 3) n");
    const messages = await drain(owner);
    expect(commandsIn(messages)).toMatchObject([
      { tag: 'CREATE TABLE AS', statement: 'CREATE TABLE public.b_8 (n integer, x text)' },
    ]);
    const kinds = messages.map(({ kind }) => kind).filter((kind) => kind === 'message' || kind === 'insert');
    // The command, and the empty message behind it.
    expect([...kinds].sort()).toEqual(['insert', 'insert', 'insert', 'message', 'message']);
  });
});

describe('the people who give commands', () => {
  it('need no right for it: the application may change what is its own', async () => {
    await owner.query('CREATE SCHEMA apps AUTHORIZATION app_a');
    await drain(owner);
    const app = await fenced.as(APP);
    await app.query('SET search_path = apps; CREATE TABLE c_1 (id int PRIMARY KEY); DROP TABLE c_1');
    await app.end();
    expect(commandsIn(await drain(owner))).toMatchObject([
      { tag: 'CREATE TABLE', role: 'app_a', searchPath: 'apps', ordinal: 1 },
      { tag: 'DROP TABLE', role: 'app_a', ordinal: 2 },
    ]);
  });

  it('wait for nobody: a table that another one changes leaves the fingerprint unknown', async () => {
    await owner.query('CREATE TABLE d_1 (x int); CREATE VIEW d_2 AS SELECT x FROM d_1');
    const other = await fenced.as();
    await other.query('BEGIN; ALTER TABLE d_1 ADD y int');
    const began = performance.now();
    const [message] = await told("SET lock_timeout = '20s'; CREATE TABLE d_3 (); RESET lock_timeout");
    expect(message).toMatchObject({ tag: 'CREATE TABLE', fingerprint: '' });
    expect(performance.now() - began).toBeLessThan(10_000);
    await other.query('ROLLBACK');
    const { rows } = await owner.query('SHOW lock_timeout');
    expect(rows).toEqual([{ lock_timeout: '0' }]);
    await other.end();
  });

  it('keep no lock of what was read for the fingerprint', async () => {
    await owner.query('BEGIN; CREATE TABLE d_4 ()');
    const { rows } = await owner.query(
      "SELECT relation::regclass::text AS name FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'd_1'::regclass",
    );
    expect(rows).toEqual([]);
    await owner.query('ROLLBACK');
  });

  it('are told with what they had seen of others, so that nothing wrong is compared', async () => {
    const other = await fenced.as();
    await other.query('BEGIN; CREATE TABLE e_1 ()');
    const { rows } = await other.query('SELECT pg_current_xact_id()::text AS xid');
    const [message] = await told('CREATE TABLE e_2 ()');
    expect(message?.snapshot.split(':')[0]).toBe(rows[0]?.xid);
    await other.query('COMMIT');
    await other.end();
  });

  it('are not failed by an archive that is broken', async () => {
    await owner.query('ALTER FUNCTION holdfast.is_archived(text, text, text) RENAME TO is_gone');
    const [message] = await told('CREATE TABLE f_1 ()');
    expect(message).toMatchObject({ tag: 'CREATE TABLE', opaque: true, query: 'CREATE TABLE f_1 ()' });
    await owner.query('ALTER FUNCTION holdfast.is_gone(text, text, text) RENAME TO is_archived');
  });
});
