import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { own } from '../../../local/postgres/binaries';
import { restoreServer } from '../../../local/postgres/restore';
import { type PostgresServer, startServer } from '../../../local/postgres/server';

const WRITERS = [1, 2, 3];
const ACCOUNTS = 20;
const TOTAL = ACCOUNTS * 100;
const SCHEMA = `
CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
INSERT INTO account SELECT n, 100 FROM generate_series(0, ${ACCOUNTS - 1}) n;
CREATE TABLE transfer (writer int, n int, PRIMARY KEY (writer, n));`;
const transfer = (writer: number, n: number): string => {
  const [one, other] = [(n * 7 + writer) % ACCOUNTS, (n * 13 + writer * 5) % ACCOUNTS].sort((a, b) => a - b);
  return `BEGIN; UPDATE account SET balance = balance - 1 WHERE id = ${one};
    UPDATE account SET balance = balance + 1 WHERE id = ${other};
    INSERT INTO transfer VALUES (${writer}, ${n}); COMMIT`;
};

let folder: string;
let log: string;
let source: PostgresServer;
const restored: PostgresServer[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-restore-test-'));
  chmodSync(folder, 0o755);
  log = join(folder, 'log');
  mkdirSync(log);
  own(log);
  const archive_command = `cp '%p' '${log}/%f.part' && mv '${log}/%f.part' '${log}/%f'`;
  const settings = {
    full_page_writes: 'on',
    track_commit_timestamp: 'on',
    archive_mode: 'on',
    archive_command,
  };
  source = await startServer({ segmentMib: 1, settings });
  await on(source, (session) => session.query(SCHEMA));
}, 30_000);
afterAll(async () => {
  await Promise.all([source, ...restored].map((server) => server?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function on<T>(server: PostgresServer, what: (session: Client) => Promise<T>): Promise<T> {
  const session = await server.connect();
  try {
    return await what(session);
  } finally {
    await session.end();
  }
}

const count = new Map<number, number>();
/** Writes all the time while something is done. */
async function underLoad<T>(what: () => Promise<T>): Promise<T> {
  let over = false;
  const writing = WRITERS.map((writer) =>
    on(source, async (session) => {
      while (!over) {
        const next = (count.get(writer) ?? 0) + 1;
        await session.query(transfer(writer, next));
        count.set(writer, next);
      }
    }),
  );
  const done = await what();
  over = true;
  await Promise.all(writing);
  return done;
}

interface Transfer {
  readonly writer: number;
  readonly n: number;
}
const transfers = (server: PostgresServer, where = 'true'): Promise<readonly Transfer[]> =>
  on(server, async (session) => {
    const text = `SELECT writer, n FROM transfer WHERE ${where} ORDER BY writer, n`;
    return (await session.query<Transfer>(text)).rows;
  });
const total = (server: PostgresServer): Promise<unknown> =>
  on(server, async (session) => (await session.query('SELECT sum(balance)::int FROM account')).rows[0]?.sum);
const last = (rows: readonly Transfer[], writer: number): number =>
  rows.filter((row) => row.writer === writer).length;

async function restore(
  ...[base, archive]: [string, { folder: string; until?: Date }?]
): Promise<PostgresServer> {
  const server = await restoreServer({ superuser: source.superuser }, base, archive);
  restored.push(server);
  return server;
}

/** Ends the segment that is being written, and waits until it is in the archive. */
const archived = (): Promise<void> =>
  on(source, async (session) => {
    const { rows } = await session.query('SELECT pg_walfile_name(pg_switch_wal() - 1) AS file');
    while (!existsSync(join(log, rows[0].file))) await wait(10);
  });
const clock = (): Promise<Date> =>
  on(source, async (session) => (await session.query('SELECT clock_timestamp() AS at')).rows[0].at);

describe('a server that is restored', () => {
  const base = (): string => join(folder, 'base');

  it('has the state after some commit, although its base was copied under load', async () => {
    await underLoad(() => wait(200));
    const before = new Map(count);
    await underLoad(() => source.backup(base()));
    const server = await restore(base());
    const rows = await transfers(server);
    expect(await total(server)).toBe(TOTAL);
    for (const writer of WRITERS) {
      const mine = rows.filter((row) => row.writer === writer).map((row) => row.n);
      expect(mine).toEqual(mine.map((_, index) => index + 1));
      expect(mine.length).toBeGreaterThanOrEqual(before.get(writer) ?? 0);
    }
  }, 30_000);

  it('has exactly the commits before the time that was asked for', async () => {
    const until = await underLoad(async () => {
      await wait(300);
      const now = await clock();
      await wait(300);
      return now;
    });
    await archived();
    const expected = await transfers(source, `pg_xact_commit_timestamp(xmin) <= '${until.toISOString()}'`);
    const server = await restore(base(), { folder: log, until });
    expect(await transfers(server)).toEqual(expected);
    expect(await total(server)).toBe(TOTAL);
    for (const writer of WRITERS) expect(last(expected, writer)).toBeLessThan(count.get(writer) ?? 0);
  }, 30_000);

  it('has every commit if the time is later than the last', async () => {
    await archived();
    const server = await restore(base(), { folder: log, until: new Date(Date.now() + 60_000) });
    expect(await transfers(server)).toEqual(await transfers(source));
  }, 30_000);

  it('is a primary on a timeline of its own, that can be copied like any other', async () => {
    const server = restored.at(-1);
    if (!server) throw new Error('Nothing was restored.');
    const text = `SELECT timeline_id, pg_is_in_recovery() AS replica,
      (SELECT array_agg(name) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf') AS kept
      FROM pg_control_checkpoint()`;
    const { rows } = await on(server, (session) => session.query(`CHECKPOINT; ${text}`)).then(
      // Two statements have two results.
      (results) => (Array.isArray(results) ? results[1] : results),
    );
    expect(rows).toEqual([{ timeline_id: 2, replica: false, kept: null }]);
    const copy = await server.replica();
    restored.push(copy);
    expect(await total(copy)).toBe(TOTAL);
  }, 30_000);

  it('can come from the copy of a replica', async () => {
    const replica = await source.replica();
    restored.push(replica);
    await underLoad(() => replica.backup(join(folder, 'of-replica')));
    const server = await restore(join(folder, 'of-replica'));
    expect(await total(server)).toBe(TOTAL);
  }, 30_000);

  it('is refused a time before its base ended', async () => {
    const until = new Date(Date.now() - 3_600_000);
    await expect(restore(base(), { folder: log, until })).rejects.toThrow(/consistent recovery point/);
  }, 30_000);
});
