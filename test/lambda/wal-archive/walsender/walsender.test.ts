import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import type { Message } from '../../../../lambda/archive/pgoutput/message';
import { systemClock } from '../../../../lambda/runtime/clock';
import { lsnBytes } from '../../../../lambda/runtime/lsn';
import { DatabaseUnreachable, LoginRefused } from '../../../../lambda/runtime/postgres/session';
import type { Received, WalStream } from '../../../../lambda/wal-archive/ports';
import { replication } from '../../../../lambda/wal-archive/walsender/connect';
import { ServerRefused, SlotActive, StreamLost } from '../../../../lambda/wal-archive/walsender/errors';
import { selfSigned } from '../../../support/certificate';
import { SUPERUSER, startPostgres, type TestPostgres } from '../../../support/postgres';

/** The client against a real PostgreSQL 17 over TLS. */
const SLOT = 'test_slot';
const PUBLICATION = 'test "publication"';
const authority = selfSigned();

let server: TestPostgres;
let sql: Client;
let open: WalStream[] = [];

beforeAll(async () => {
  server = await startPostgres({ tls: authority, settings: { wal_level: 'logical', log_statement: 'all' } });
  sql = await server.connect();
  await sql.query('CREATE TABLE orders (id int PRIMARY KEY, note text, rest text)');
  await sql.query('CREATE TABLE lines (id int, "order" int, PRIMARY KEY (id))');
  await sql.query("CREATE TYPE mood AS ENUM ('glad', 'sad')");
  await sql.query('CREATE TABLE moods (id int PRIMARY KEY, mood mood)');
  await sql.query('ALTER TABLE moods REPLICA IDENTITY FULL');
  await sql.query(`CREATE PUBLICATION "test ""publication""" FOR ALL TABLES`);
}, 60_000);

beforeEach(async () => {
  await Promise.all(open.map((stream) => stream.end()));
  open = [];
  await waitFor(async () => (await slotPid()) === null);
  await sql.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots');
  await sql.query('TRUNCATE orders, lines, moods');
  await sql.query(`SELECT pg_create_logical_replication_slot('${SLOT}', 'pgoutput')`);
});

afterAll(async () => {
  await Promise.all(open.map((stream) => stream.end()));
  await sql?.end();
  await server?.stop();
});

const here = (port = server.port, ca: string | undefined = authority.certificate) =>
  replication({ host: '127.0.0.1', port, database: 'postgres' }, systemClock, { name: 'holdfast-test', ca });

async function begin(slot = SLOT, publication = PUBLICATION): Promise<WalStream> {
  const session = await here().connect(SUPERUSER);
  const stream = await session.start(slot, publication);
  open.push(stream);
  return stream;
}

const messagesOf = ({ bytes, bounds }: Received): Message[] =>
  Array.from({ length: bounds.length / 2 }, (_, at) =>
    decode(bytes.subarray(bounds[2 * at], bounds[2 * at + 1])),
  );

/** Reads until so many commits have come. */
async function commits(stream: WalStream, count: number): Promise<Message[]> {
  const found: Message[] = [];
  for (let ended = 0; ended < count; ) {
    const received = await stream.receive(10_000);
    if (!received) throw new Error(`Only ${found.length} messages came.`);
    const messages = messagesOf(received);
    ended += messages.filter(({ kind }) => kind === 'commit').length;
    found.push(...messages);
  }
  return found;
}

const slotPid = async (): Promise<number | null> =>
  (await sql.query('SELECT active_pid FROM pg_replication_slots')).rows[0]?.active_pid ?? null;
const confirmed = async (): Promise<string> =>
  (await sql.query('SELECT confirmed_flush_lsn::text AS at FROM pg_replication_slots')).rows[0].at;

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the walsender client', () => {
  it('says which server it is connected to', async () => {
    const session = await here().connect(SUPERUSER);
    const { rows } = await sql.query('SELECT system_identifier::text AS system FROM pg_control_system()');
    await expect(session.identify()).resolves.toEqual({ system: rows[0].system, timeline: 1 });
    await session.end();
  });

  it('hands out every kind of message that PostgreSQL sends, as the decoder reads it', async () => {
    const stream = await begin();
    await sql.query("SELECT pg_replication_origin_create('elsewhere')");
    await sql.query("SELECT pg_replication_origin_session_setup('elsewhere')");
    await sql.query('BEGIN');
    await sql.query(
      "INSERT INTO orders VALUES (1, 'Ärger', repeat('x', 4000) || md5('1')), (2, NULL, 'short')",
    );
    await sql.query('ALTER TABLE orders ALTER rest SET STORAGE EXTERNAL');
    await sql.query("INSERT INTO orders VALUES (3, 'toast', repeat('y', 9000))");
    await sql.query("UPDATE orders SET note = 'changed' WHERE id = 3");
    await sql.query('UPDATE orders SET id = 4 WHERE id = 2');
    await sql.query('DELETE FROM orders WHERE id = 4');
    await sql.query("INSERT INTO moods VALUES (1, 'glad')");
    await sql.query("UPDATE moods SET mood = 'sad'");
    await sql.query('TRUNCATE orders, lines RESTART IDENTITY CASCADE');
    await sql.query("SELECT pg_logical_emit_message(true, 'holdfast.test', 'content')");
    await sql.query('COMMIT');
    await sql.query('SELECT pg_replication_origin_session_reset()');
    const found = await commits(stream, 1);
    const { rows } = await sql.query(
      "SELECT 'orders'::regclass::oid::int AS orders, 'moods'::regclass::oid::int AS moods",
    );
    const { orders, moods } = rows[0];
    const changes = found.filter(
      ({ kind }) => !['begin', 'commit', 'relation', 'type', 'origin'].includes(kind),
    );
    expect(changes.map(({ kind }) => kind).join(' ')).toBe(
      'insert insert insert update update delete insert update truncate message',
    );
    expect(found[0]?.kind).toBe('begin');
    expect(found[1]).toEqual({ kind: 'origin', name: 'elsewhere' });
    expect(changes[0]).toMatchObject({
      relation: orders,
      row: ['1', 'Ärger', expect.stringMatching(/^x{4000}/)],
    });
    expect(changes[1]).toMatchObject({ row: ['2', null, 'short'] });
    expect(changes[3]).toEqual({
      kind: 'update',
      relation: orders,
      old: undefined,
      row: ['3', 'changed', undefined],
    });
    expect(changes[4]).toMatchObject({
      old: { whole: false, row: ['2', null, null] },
      row: ['4', null, 'short'],
    });
    expect(changes[5]).toMatchObject({ old: { whole: false, row: ['4', null, null] } });
    expect(changes[7]).toMatchObject({ relation: moods, old: { whole: true, row: ['1', 'glad'] } });
    expect(changes[8]).toMatchObject({
      cascade: true,
      restartIdentity: true,
      relations: expect.arrayContaining([orders]),
    });
    expect(changes[9]).toMatchObject({
      transactional: true,
      prefix: 'holdfast.test',
      content: Uint8Array.from(Buffer.from('content')),
    });
    expect(found.find(({ kind }) => kind === 'type')).toMatchObject({ schema: 'public', name: 'mood' });
    expect(found.find((one) => one.kind === 'relation' && one.id === moods)).toMatchObject({
      schema: 'public',
      name: 'moods',
      identity: 'f',
      columns: [
        { name: 'id', key: true, type: 23 },
        { name: 'mood', key: true },
      ],
    });
  });

  it('tells the time of a commit as the server does', async () => {
    const stream = await begin();
    const before = (
      await sql.query('SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS us')
    ).rows[0].us;
    await sql.query('INSERT INTO lines VALUES (1, 1)');
    const after = (
      await sql.query('SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS us')
    ).rows[0].us;
    const [first] = await commits(stream, 1);
    const time = first?.kind === 'begin' ? first.commitTimeUs : 0n;
    expect(time).toBeGreaterThanOrEqual(BigInt(before));
    expect(time).toBeLessThanOrEqual(BigInt(after));
  });

  it('acknowledges nothing by itself, and what is acknowledged is not sent again', async () => {
    const stream = await begin();
    const start = await confirmed();
    await sql.query('INSERT INTO lines VALUES (1, 1)');
    await sql.query('INSERT INTO lines VALUES (2, 1)');
    const found = await commits(stream, 2);
    expect(await confirmed()).toBe(start);
    const end = found.findLast((one) => one.kind === 'commit')?.endLsn ?? 0n;
    stream.acknowledge(end);
    await stream.end();
    expect(lsnBytes(await confirmed())).toBe(end);
    await sql.query('INSERT INTO lines VALUES (3, 1)');
    const again = await commits(await begin(), 1);
    expect(again.filter(({ kind }) => kind === 'insert')).toMatchObject([{ row: ['3', '1'] }]);
  });

  it('sends again what was received and not acknowledged', async () => {
    const stream = await begin();
    await sql.query('INSERT INTO lines VALUES (7, 1)');
    const first = await commits(stream, 1);
    await stream.end();
    await expect(commits(await begin(), 1)).resolves.toEqual(first);
  });

  it('says how far the server has read its log', async () => {
    const stream = await begin();
    const { rows } = await sql.query('SELECT pg_current_wal_flush_lsn()::text AS at');
    // What nobody has published moves the log too.
    await sql.query('CREATE TABLE IF NOT EXISTS unrelated (x int)');
    let walEnd = 0n;
    await waitFor(async () => {
      walEnd = (await stream.receive(100))?.walEnd ?? walEnd;
      return walEnd >= lsnBytes(rows[0].at);
    });
    expect(walEnd).toBeGreaterThanOrEqual(lsnBytes(rows[0].at));
  });

  it('finds the slot in use while another session reads it, and free afterwards', async () => {
    const stream = await begin();
    await expect(begin()).rejects.toThrow(SlotActive);
    await stream.end();
    await expect(begin()).resolves.toBeDefined();
  });

  it('names what the server refuses', async () => {
    await expect(begin('no_such_slot')).rejects.toMatchObject({ code: '42704' });
    const stream = await begin(SLOT, 'no such publication');
    await sql.query('INSERT INTO lines VALUES (1, 1)');
    // The server sees it when it decodes the first change, in the middle of the stream.
    const ended = (async () => {
      for (;;) await stream.receive(10_000);
    })();
    await expect(ended).rejects.toThrow(ServerRefused);
    await expect(ended).rejects.toThrow('publication "no such publication" does not exist');
  });

  it('names a wrong password and a server that is not there', async () => {
    await expect(here().connect({ ...SUPERUSER, password: 'wrong' })).rejects.toThrow(LoginRefused);
    await expect(here(1).connect(SUPERUSER)).rejects.toThrow(DatabaseUnreachable);
    await expect(here(server.port, selfSigned().certificate).connect(SUPERUSER)).rejects.toThrow(
      DatabaseUnreachable,
    );
  });

  it('hands out a message that is larger than what it buffers, whole', async () => {
    const stream = await begin();
    await sql.query("INSERT INTO orders VALUES (1, 'large', repeat('0123456789', 500000))");
    const found = await commits(stream, 1);
    const row = found.find((one) => one.kind === 'insert')?.row ?? [];
    expect(row[2]?.length).toBe(5_000_000);
  });

  it('stops reading while nobody fetches, and loses nothing', async () => {
    const stream = await begin();
    await sql.query('INSERT INTO lines SELECT n, n FROM generate_series(1, 200000) AS n');
    // The server is stuck in the middle: its log is not read to the end.
    await waitFor(async () => {
      const { rows } = await sql.query('SELECT wait_event FROM pg_stat_activity WHERE pid = $1', [
        await slotPid(),
      ]);
      return rows[0]?.wait_event === 'WalSenderWriteData';
    });
    const found = await commits(stream, 1);
    expect(found.filter(({ kind }) => kind === 'insert')).toHaveLength(200_000);
  });

  it('hands out what came before the server was stopped, and then says that it ended', async () => {
    const stream = await begin();
    // What is not on disk is not sent.
    await sql.query('SET synchronous_commit = on');
    await sql.query('INSERT INTO lines VALUES (1, 1)');
    await waitFor(async () => {
      const { rows } = await sql.query(
        'SELECT sent_lsn >= pg_current_wal_flush_lsn() AS sent FROM pg_stat_replication',
      );
      return rows[0]?.sent === true;
    });
    await sql.end();
    await server.restart('immediate');
    sql = await server.connect();
    const kinds: string[] = [];
    const ended = (async () => {
      for (;;)
        kinds.push(
          ...messagesOf(
            (await stream.receive(10_000)) ?? { bytes: Buffer.alloc(0), bounds: [], walEnd: 0n },
          ).map(({ kind }) => kind),
        );
    })();
    await expect(ended).rejects.toThrow(StreamLost);
    expect(kinds).toContain('insert');
  });
});
