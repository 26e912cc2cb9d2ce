import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { SLOT } from '../../../lambda/archive/contract';
import { advanceLedger, NOTHING_KNOWN, prepareLedger } from '../../../lambda/archive/replay/ledger';
import { systemClock } from '../../../lambda/runtime/clock';
import { lsnBytes } from '../../../lambda/runtime/lsn';
import type { Report } from '../../../lambda/wal-archive/report';
import { run } from '../../../lambda/wal-archive/run';
import type { Host } from '../../../lambda/wal-archive/session';
import { DATABASE, type FencedServer, LOGICAL, startFenced } from '../../support/fence';
import { type MemoryStore, memoryStore } from '../archive/support/memory-store';
import { type Archived, archivedIn, messagesOf } from './support/archived';
import { hostOf } from './support/host';

/** The archiver against a real PostgreSQL 17 that was set up as a deployed one is. */

let fenced: FencedServer;
let sql: Client;
let near: MemoryStore;
let far: MemoryStore;

beforeAll(async () => {
  fenced = await startFenced(LOGICAL);
  await fenced.setup({ Archive: 'true' });
  await fenced.open(1, 600);
  sql = await fenced.as();
  near = memoryStore('near');
  far = memoryStore('far');
}, 60_000);

afterEach(() => {
  near.clearFaults();
  far.clearFaults();
});

afterAll(async () => {
  await sql?.end();
  await fenced?.stop();
});

const host = (of: FencedServer = fenced): Host => hostOf(of, { near, far });

async function drain(
  of?: FencedServer,
  segmentBytes?: number,
  signal = new AbortController().signal,
): Promise<Report> {
  const said: Report[] = [];
  const deadline = systemClock.monotonic() + 30_000;
  const bounds = { deadline, signal, ...(segmentBytes === undefined ? {} : { segmentBytes }) };
  await run(host(of), { mode: 'drain', handoverSeconds: 0 }, bounds, (report) => said.push(report));
  const [last] = said.splice(-1);
  if (!last) throw new Error('The run said nothing.');
  return last;
}

async function system(): Promise<string> {
  const { rows } = await sql.query('SELECT system_identifier::text AS id FROM pg_control_system()');
  return rows[0].id;
}

const archived = async (store = near): Promise<readonly Archived[]> =>
  archivedIn(store, { system: await system(), database: DATABASE });

/** What was inserted into `orders`, in the order of the chains. */
function notesIn(chains: readonly Archived[]): (string | null | undefined)[] {
  const all = chains.flatMap(messagesOf);
  const orders = all.find((one) => one.kind === 'relation' && one.name === 'orders');
  const id = orders?.kind === 'relation' ? orders.id : undefined;
  return all.flatMap((one) => (one.kind === 'insert' && one.relation === id ? [one.row[1]] : []));
}

const insertedNotes = async (): Promise<(string | null | undefined)[]> => notesIn(await archived());

const slot = async (): Promise<{ confirmed: string; active: boolean }> =>
  (
    await sql.query(
      'SELECT confirmed_flush_lsn::text AS confirmed, active FROM pg_replication_slots WHERE slot_name = $1',
      [SLOT],
    )
  ).rows[0];

describe('a drain of a real database', () => {
  it('begins the first chain and archives what was committed, in both regions', async () => {
    await sql.query("INSERT INTO orders (note) VALUES ('first')");
    await sql.query('BEGIN');
    await sql.query("INSERT INTO orders (note) VALUES ('undone')");
    await sql.query('ROLLBACK');
    const { sentence, metrics } = await drain();
    const [chain] = await archived();
    expect(sentence).toMatch(/durable in both regions\. All that was there is archived\.$/);
    expect(metrics).toMatchObject({ runs: 1, gaps: 0, farBehind: 0, slotEndangered: 0 });
    expect(chain?.chain).toMatchObject({ epoch: 1, part: 0 });
    expect(chain?.segments[0]?.header.genesis).toMatchObject({ why: 'first', follows: null, gap: null });
    expect(await insertedNotes()).toEqual(['first']);
    expect([...far.objects]).toEqual([...near.objects]);
  });

  it('acknowledges the last commit that it has archived, and nothing behind it', async () => {
    await sql.query("INSERT INTO orders (note) VALUES ('second')");
    await drain();
    const [chain] = await archived();
    expect((await slot()).confirmed).toBe(chain?.index.at(-1)?.endLsn);
    expect((await slot()).active).toBe(false);
  });

  it('knows the fingerprint of the catalogue after the first heartbeat, and follows it through a change', async () => {
    await sql.query('ALTER TABLE orders ADD COLUMN extra int');
    await drain();
    await sql.query("INSERT INTO orders (note) VALUES ('third')");
    await drain();
    const { rows } = await sql.query('SELECT holdfast.catalogue_fingerprint() AS now');
    const [chain] = await archived();
    expect(chain?.segments.at(-1)?.header.fingerprint).toBe(rows[0].now);
    // Unknown at first; how often it was known before the change depends on when the heartbeats came back.
    expect(chain?.segments[0]?.header.fingerprint).toBe('');
    expect(rows[0].now).not.toBe('');
  });

  it('archives nothing twice when the server is stopped and its slot goes back', async () => {
    // The server saves what is confirmed when the place to begin at moves on, which this transaction holds back.
    const open = await fenced.as();
    await open.query("BEGIN; INSERT INTO orders (note) VALUES ('never')");
    await drain();
    await sql.query("INSERT INTO orders (note) VALUES ('before the crash')");
    await drain();
    await Promise.all([sql.end(), open.end()]);
    await fenced.server.restart('immediate');
    sql = await fenced.as();
    await sql.query("INSERT INTO orders (note) VALUES ('after the crash')");
    expect(lsnBytes((await slot()).confirmed)).toBeLessThan(
      lsnBytes((await archived())[0]?.index.at(-1)?.endLsn ?? '0/0'),
    );
    await drain();
    expect(await insertedNotes()).toEqual([
      'first',
      'second',
      'third',
      'before the crash',
      'after the crash',
    ]);
  });

  it('leaves a slot that the server need not read far back for', async () => {
    const restart =
      'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::int AS kept FROM pg_replication_slots';
    await sql.query("SELECT pg_logical_emit_message(false, 'large', repeat('x', 12000000))");
    await sql.query("INSERT INTO orders (note) VALUES ('behind much')");
    expect((await sql.query(restart)).rows[0].kept).toBeGreaterThan(12_000_000);
    await drain();
    expect((await sql.query(restart)).rows[0].kept).toBeLessThan(100_000);
  });

  it('cuts a transaction that is larger than a segment, and goes on within it in the next run', async () => {
    await sql.query("INSERT INTO orders (note) SELECT 'many ' || n FROM generate_series(1, 120000) AS n");
    const before = (await archived())[0]?.segments.length ?? 0;
    // It is told to stop when two parts have been put.
    const stop = new AbortController();
    let puts = 0;
    near.fault({
      operation: 'put',
      key: () => {
        puts += 1;
        if (puts === 3) stop.abort();
        return false;
      },
      trouble: { kind: 'fails' },
    });
    const { sentence } = await drain(fenced, 300_000, stop.signal);
    expect(sentence).toContain('It was told to stop.');
    near.clearFaults();
    const [cut] = await archived();
    expect(cut?.segments.at(-1)?.header.continued).not.toBeNull();
    await drain(fenced, 300_000);
    const [chain] = await archived();
    const huge = chain?.index.find(({ changes }) => changes === 120_000);
    expect(huge).toBeDefined();
    expect(chain?.segments.length).toBeGreaterThan(before + 5);
    expect((await insertedNotes()).filter((note) => note?.startsWith('many ')).length).toBe(120_000);
  }, 60_000);

  it('counts as present what a restore has replayed, which has other numbers and times here', async () => {
    const [chain] = await archived();
    if (!chain) throw new Error('There is no chain.');
    const elsewhere = chain.index.slice(-3).map((one) => ({
      ...one,
      commitTimeUs: String(BigInt(one.commitTimeUs) + 1n),
    }));
    const source = await host().world.source();
    try {
      expect(await source.presence.lastPresent(elsewhere, chain.chain)).toEqual({ count: 0 });
      const owner = {
        query: async (text: string, values: readonly unknown[] = []) =>
          (await sql.query(text, [...values])).rows,
        isOpen: () => true,
        end: async () => undefined,
      };
      await prepareLedger(owner);
      const endLsn = lsnBytes(elsewhere[1]?.endLsn ?? '0/0');
      const entry = { endLsn, commitTimeUs: 0n, memory: NOTHING_KNOWN };
      await advanceLedger(owner, chain.chain, undefined, entry, 2);
      expect(await source.presence.lastPresent(elsewhere, chain.chain)).toEqual({ count: 2 });
      expect(await source.presence.lastPresent(elsewhere.slice(0, 2), chain.chain)).toEqual({ count: 2 });
      expect(await source.presence.lastPresent(elsewhere, { ...chain.chain, part: 9 })).toEqual({ count: 0 });
      await sql.query('DROP TABLE holdfast.replayed');
    } finally {
      await source.end();
    }
  });

  it('says that it is a replica on a replica, and does nothing', async () => {
    const replica = await fenced.server.replica();
    try {
      const count = near.asked.length;
      const { sentence } = await drain(fenced.on(replica));
      expect(sentence).toBe('Archived nothing new. The database is a replica.');
      expect(near.asked.length).toBe(count);
    } finally {
      await replica.stop();
    }
  });

  it('begins a new chain behind a gap when somebody has advanced the slot, and says what is missing', async () => {
    await sql.query('SET synchronous_commit = on');
    await sql.query("INSERT INTO orders (note) VALUES ('lost')");
    await sql.query(`SELECT pg_replication_slot_advance('${SLOT}', pg_current_wal_lsn())`);
    await sql.query("INSERT INTO orders (note) VALUES ('behind the gap')");
    const { sentence, metrics } = await drain();
    const chains = await archived();
    expect(sentence).toContain('are not in the archive: the slot gives them no more.');
    expect(metrics.gaps).toBe(1);
    expect(chains.map(({ chain }) => chain.part)).toEqual([0, 1]);
    expect(chains[1]?.segments[0]?.header.genesis).toMatchObject({
      why: 'gap',
      follows: { chain: { part: 0 }, last: { endLsn: chains[0]?.index.at(-1)?.endLsn } },
    });
    expect((await insertedNotes()).slice(-1)).toEqual(['behind the gap']);
    expect(await insertedNotes()).not.toContain('lost');
  });

  it('makes the slot anew when it was dropped, with a gap', async () => {
    await sql.query(`SELECT pg_drop_replication_slot('${SLOT}')`);
    const { sentence, metrics } = await drain();
    expect(sentence).toContain('The slot was missing or lost, and was made anew.');
    expect(metrics.gaps).toBe(1);
    await sql.query("INSERT INTO orders (note) VALUES ('in the new slot')");
    await drain();
    expect((await insertedNotes()).at(-1)).toBe('in the new slot');
  });

  it('follows its own chain into a new epoch of the same server, with no gap', async () => {
    const before = (await archived()).at(-1);
    await fenced.open(3, 600);
    await sql.query("INSERT INTO orders (note) VALUES ('third epoch')");
    const { metrics } = await drain();
    const last = (await archived()).at(-1);
    expect(metrics.gaps).toBe(0);
    expect(last?.chain).toMatchObject({ epoch: 3, part: 0 });
    expect(last?.segments[0]?.header.genesis).toMatchObject({
      why: 'epoch',
      gap: null,
      follows: { chain: before?.chain, last: { endLsn: before?.index.at(-1)?.endLsn } },
    });
    expect((await insertedNotes()).filter((note) => note === 'third epoch')).toHaveLength(1);
  });

  it('ends when the server wants to shut down, which would wait for it otherwise', async () => {
    const signal = new AbortController().signal;
    const deadline = systemClock.monotonic() + 40_000;
    const said: Report[] = [];
    const settings = { mode: 'stream', handoverSeconds: 0 } as const;
    const count = near.objects.size;
    const streaming = run(host(), settings, { deadline, signal }, (report) => said.push(report)).catch(
      // It looks whether the server is back, which takes longer than this test waits.
      () => undefined,
    );
    await waitFor(async () => near.objects.size > count);
    // Nothing of this is archived, so nothing of it is ever confirmed.
    await sql.query('SELECT pg_log_standby_snapshot()');
    await sql.end();
    await fenced.server.halt('fast');
    await waitFor(async () => said.length > 0);
    expect(said[0]?.sentence).toContain('The database ended the session.');
    await streaming;
    await fenced.server.start();
    sql = await fenced.as();
  });

  it('begins the chain of a promoted replica behind what the replica has of the chain before', async () => {
    await drain();
    const replica = await fenced.server.replica();
    try {
      const on = fenced.on(replica);
      await caughtUp(on);
      replica.pause();
      await sql.query("INSERT INTO orders (note) VALUES ('not replicated')");
      await drain();
      replica.continue();
      const beforeLast = (await archived()).at(-1);
      await fenced.server.halt('immediate');
      await replica.promote();
      const promoted = await on.as();
      await promoted.query('SELECT holdfast.make_archive_slot()');
      await on.open(4, 600);
      await promoted.query("INSERT INTO orders (note) VALUES ('after the failover')");
      await drain(on);
      await promoted.end();
      const all = await archivedIn(near, { system: beforeLast?.chain.system ?? '', database: DATABASE });
      const genesis = all.at(-1)?.segments[0]?.header.genesis;
      expect(genesis?.why).toBe('epoch');
      expect(genesis?.follows?.chain).toEqual(beforeLast?.chain);
      const notes =
        all.at(-1) &&
        messagesOf(all.at(-1) as Archived).flatMap((one) => (one.kind === 'insert' ? [one.row[1]] : []));
      expect(notes).toEqual(['after the failover']);
    } finally {
      await replica.stop();
      await fenced.server.start();
      sql = await fenced.as();
    }
  }, 60_000);
});

/** Waits until a replica has everything that was written. */
async function caughtUp(on: FencedServer): Promise<void> {
  const { rows } = await sql.query('SELECT pg_current_wal_flush_lsn()::text AS at');
  const other = await on.as();
  try {
    await waitFor(async () => {
      const found = await other.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there', [rows[0].at]);
      return found.rows[0]?.there === true;
    });
  } finally {
    await other.end();
  }
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
