import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, type ClientConfig } from 'pg';
import { PUBLICATION, SLOT } from '../../../../lambda/archive/contract';
import { dropSlot, makeSlot, SlotInUse, SlotNotMade } from '../../../../lambda/database-setup/archive/slot';
import { ArchiveRefused } from '../../../../lambda/database-setup/archive/unarchivable';
import { type Clock, systemClock } from '../../../../lambda/runtime/clock';
import type { Session } from '../../../../lambda/runtime/postgres/session';
import { until } from '../../../integration/support/places';
import { APP, ARCHIVER, DATABASE, type FencedServer, startFenced } from '../../../support/fence';
import { resourceHost } from '../../../support/resource-host';
import { outcomeOf, Writers } from '../../../support/writers';
import { ARCHIVED, commandsIn, drain, fingerprintOf, SERVER } from './drain';

/** What the archive needs, put into a real PostgreSQL 17 that is in use, and taken out of it. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced({ ...SERVER, max_prepared_transactions: '2' });
  owner = await fenced.as();
});
afterAll(async () => {
  await owner?.end();
  await fenced?.stop();
});

const one = async (sql: string): Promise<unknown> => {
  const { rows } = await owner.query({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
};
/** Drains the slot as the archiver does. @returns what ends it */
async function readSlot(): Promise<{ readonly ended: Promise<string> }> {
  const { host, port } = fenced.server;
  const login = { user: ARCHIVER.username, password: ARCHIVER.password, database: DATABASE };
  const walsender = new Client({ host, port, ...login, replication: 'database' } as ClientConfig);
  walsender.on('error', () => undefined);
  await walsender.connect();
  const reading = outcomeOf(
    walsender,
    `START_REPLICATION SLOT ${SLOT} LOGICAL 0/0 (proto_version '1', publication_names '${PUBLICATION}')`,
  );
  await until(
    'the slot is read',
    async () => (await one('SELECT active FROM pg_replication_slots')) === true,
  );
  return { ended: reading };
}
const slots = (): Promise<unknown> => one('SELECT count(*)::int FROM pg_replication_slots');
const publications = (): Promise<unknown> => one('SELECT count(*)::int FROM pg_publication');
const identityOf = (table: string): Promise<unknown> =>
  one(`SELECT relreplident::text FROM pg_class WHERE oid = '${table}'::regclass`);
/** A session of the domain over a client of a test. */
const sessionOf = (client: Client): Session => ({
  query: async (sql, parameters) => (await client.query(sql, parameters && [...parameters])).rows,
  isOpen: () => true,
  end: () => client.end(),
});
function withoutPauses(): Clock {
  const { clock } = resourceHost();
  jest.spyOn(clock, 'sleep').mockImplementation(async () => undefined);
  return clock;
}
/** A host whose first pause takes no time during which something happens. */
function hostThat(meanwhile: () => Promise<unknown>) {
  const host = resourceHost();
  jest.spyOn(host.clock, 'sleep').mockImplementationOnce(async () => {
    await meanwhile();
  });
  return host;
}

describe('a database that cannot be archived', () => {
  beforeAll(async () => {
    await fenced.setup();
    await fenced.open(1, 3_000);
    await owner.query(`CREATE TABLE keyless (x int); CREATE TABLE "Deferred" (x int PRIMARY KEY DEFERRABLE);
      CREATE TABLE nothing_said (x int PRIMARY KEY); ALTER TABLE nothing_said REPLICA IDENTITY NOTHING;
      CREATE TABLE by_index (x int NOT NULL UNIQUE); ALTER TABLE by_index REPLICA IDENTITY USING INDEX by_index_x_key;
      CREATE TABLE whole (x int); ALTER TABLE whole REPLICA IDENTITY FULL; CREATE TEMP TABLE mine (x int);
      CREATE TABLE parts (x int) PARTITION BY LIST (x); CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
      CREATE UNLOGGED TABLE fleeting (x int PRIMARY KEY)`);
    await owner.query('SELECT lo_create(0)');
    await owner.query("BEGIN; INSERT INTO orders (note) VALUES ('x'); PREPARE TRANSACTION 'half'");
  });

  it('is refused with the name of everything that stands against it, and goes on as before', async () => {
    const refused = fenced.setup(ARCHIVED);
    await expect(refused).rejects.toThrow(ArchiveRefused);
    const text = String(await refused.catch(String));
    expect(text).toContain(': public."Deferred", public.keyless, public.nothing_said, public.part_1.');
    expect(text).toContain('or drop them): public.fleeting.');
    expect(text).toContain('there are: 1.');
    expect(text).toContain('roll them back): half.');
    expect([await publications(), await slots()]).toEqual([0, 0]);
    expect(await outcomeOf(owner, 'UPDATE keyless SET x = 2')).toBe('done');
  });

  it('is refused for what no setting mends, when tables may send whole rows', async () => {
    const text = String(await fenced.setup({ ...ARCHIVED, KeylessTables: 'full' }).catch(String));
    expect(text).toContain('fleeting');
    expect(text).not.toContain('Deferred');
    expect(await identityOf('keyless')).toBe('d');
  });

  it('is refused for its server', async () => {
    const plain = await startFenced();
    const text = String(await plain.setup(ARCHIVED).catch(String));
    await plain.stop();
    expect(text).toContain('wal_level is replica and must be logical');
    expect(text).toContain('track_commit_timestamp is off');
  });
});

describe('tables without a key that send whole rows', () => {
  beforeAll(async () => {
    await owner.query("ROLLBACK PREPARED 'half'");
    await owner.query('DROP TABLE fleeting; SELECT lo_unlink(oid) FROM pg_largeobject_metadata');
  });

  it('are told so by the set-up, while others write to them', async () => {
    await owner.query('ALTER TABLE orders DROP CONSTRAINT orders_pkey');
    const writers = new Writers(() => fenced.as(APP), 4);
    expect(await writers.during(200)).toBeGreaterThan(0);
    const { sentence } = await fenced.setup({ ...ARCHIVED, KeylessTables: 'full' });
    expect(await writers.during(200)).toBeGreaterThan(0);
    await writers.stop();
    expect([...writers.refused]).toEqual([]);
    expect(sentence).toMatch(/The log is archived\.$/);
    expect([await identityOf('orders'), await identityOf('part_1'), await identityOf('by_index')]).toEqual([
      'f',
      'f',
      'i',
    ]);
    expect([await publications(), await slots()]).toEqual([1, 1]);
  });

  it('are told so as they come, and the archive hears of it', async () => {
    await drain(owner);
    await owner.query('CREATE TABLE comes (x int); CREATE TABLE keyed (x int PRIMARY KEY)');
    expect([await identityOf('comes'), await identityOf('keyed')]).toEqual(['f', 'd']);
    expect(commandsIn(await drain(owner)).map(({ tag, statement }) => [tag, statement])).toEqual([
      ['CREATE TABLE', null],
      ['ALTER TABLE', 'ALTER TABLE public.comes REPLICA IDENTITY FULL'],
      ['CREATE TABLE', null],
    ]);
  });

  it('are named, and fail no set-up any more, once the archive has begun', async () => {
    const { sentence } = await fenced.setup(ARCHIVED);
    expect(sentence).toContain('The log is archived.');
    await owner.query('CREATE TABLE comes_late (x int)');
    expect(await identityOf('comes_late')).toBe('d');
    expect((await fenced.setup(ARCHIVED)).sentence).toMatch(/keylessTables to full\): public\.comes_late\.$/);
    expect(await outcomeOf(owner, 'INSERT INTO comes_late VALUES (1)')).toBe('done');
    expect(await outcomeOf(owner, 'DELETE FROM comes_late')).toBe('55000');
    await owner.query('DROP TABLE comes_late');
  });
});

describe('a later set-up', () => {
  it('makes no second slot, moves none, and is not archived itself', async () => {
    await drain(owner);
    await owner.query('CREATE TABLE between (x int PRIMARY KEY)');
    const before = await one('SELECT confirmed_flush_lsn FROM pg_replication_slots');
    const fingerprint = await fingerprintOf(owner);
    await fenced.setup(ARCHIVED);
    expect(await slots()).toBe(1);
    expect(await one('SELECT confirmed_flush_lsn FROM pg_replication_slots')).toBe(before);
    expect(commandsIn(await drain(owner)).map(({ query }) => query)).toEqual([
      'CREATE TABLE between (x int PRIMARY KEY)',
    ]);
    expect(await fingerprintOf(owner)).toBe(fingerprint);
  });

  it('has an extension archived that it makes', async () => {
    await fenced.setup({ ...ARCHIVED, Extensions: ['citext'] });
    expect(commandsIn(await drain(owner))).toMatchObject([
      { tag: 'CREATE EXTENSION', objects: [{ type: 'extension', identity: 'citext' }] },
    ]);
  });

  it('makes a slot anew that somebody has dropped', async () => {
    await owner.query('SELECT pg_drop_replication_slot($1)', [SLOT]);
    expect(await one('SELECT holdfast.is_archive_missing()')).toBe(true);
    await fenced.setup(ARCHIVED);
    expect(await one('SELECT holdfast.is_archive_missing()')).toBe(false);
    expect(await one('SELECT complete FROM holdfast.archive_slot')).toBe(false);
  });

  it('waits for transactions that have written, and for no longer than it takes', async () => {
    await owner.query('SELECT pg_drop_replication_slot($1)', [SLOT]);
    const other = await fenced.as(APP);
    await other.query("BEGIN; INSERT INTO orders (note) VALUES ('open')");
    const host = hostThat(() => other.query('COMMIT'));
    await fenced.setup(ARCHIVED, host);
    expect(await slots()).toBe(1);
    await other.end();
  });

  it('names them when it has waited for too long, and leaves no half-made slot', async () => {
    await owner.query('SELECT pg_drop_replication_slot($1)', [SLOT]);
    await owner.query("BEGIN; INSERT INTO orders (note) VALUES ('x'); PREPARE TRANSACTION 'stays'");
    await owner.query('ALTER FUNCTION holdfast.make_archive_slot() SET lock_timeout = 10');
    const failing = makeSlot(sessionOf(owner), withoutPauses());
    await expect(failing).rejects.toThrow(SlotNotMade);
    await expect(failing).rejects.toThrow('prepared transaction stays of holdfast_owner');
    expect(await slots()).toBe(0);
    await owner.query("ROLLBACK PREPARED 'stays'");
    await fenced.setup(ARCHIVED);
    expect(await slots()).toBe(1);
  });
});

describe('a copy of the data', () => {
  it('has the same fingerprint, and a set-up makes nothing on a replica', async () => {
    const replica = fenced.on(await fenced.server.replica());
    const session = await replica.as();
    expect(await fingerprintOf(session)).toBe(await fingerprintOf(owner));
    await replica.setup(ARCHIVED);
    await session.query('SELECT holdfast.make_archive_slot()');
    const { rows } = await session.query('SELECT count(*)::int AS slots FROM pg_replication_slots');
    expect(rows).toEqual([{ slots: 0 }]);
    await session.end();
    await replica.stop();
  });
});

describe('switching the archive off', () => {
  it('ends whoever reads the slot, drops it, and tells of no command any more', async () => {
    const { ended } = await readSlot();
    await fenced.setup({}, { ...resourceHost(), clock: systemClock });
    expect([await publications(), await slots()]).toEqual([0, 0]);
    expect(await one("SELECT count(*)::int FROM pg_event_trigger WHERE evtname LIKE '%archive%'")).toBe(0);
    expect(await one("SELECT rolreplication FROM pg_roles WHERE rolname = 'holdfast_archive_a'")).toBe(false);
    expect(await outcomeOf(owner, 'CREATE TABLE unheard (x int); UPDATE unheard SET x = 1')).toBe('done');
    expect(await ended).toBe('57P01');
    await owner.query('DROP TABLE unheard');
  });

  it('gives up on somebody who always comes back', async () => {
    const inUse = Object.assign(new Error('replication slot is active'), { code: '55006' });
    const session: Session = {
      async query(sql) {
        if (sql.includes('pg_drop_replication_slot')) throw inUse;
        return [];
      },
      isOpen: () => true,
      async end() {},
    };
    await expect(dropSlot(session, withoutPauses())).rejects.toThrow(SlotInUse);
  });

  it('leaves other databases of the server alone', async () => {
    await owner.query("SELECT pg_create_physical_replication_slot('of_another')");
    await fenced.setup();
    expect(
      await one(`SELECT slot_name FROM pg_replication_slots WHERE database IS DISTINCT FROM '${DATABASE}'`),
    ).toBe('of_another');
  });
});
