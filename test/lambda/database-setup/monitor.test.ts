import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { APP, type FencedServer, MONITOR, startFenced } from '../../support/fence';
import { outcomeOf } from '../../support/writers';

/** The user of the exporter of metrics on a real PostgreSQL 17: what it sees, and that it changes nothing. */
let fenced: FencedServer;
let monitor: Client;
let app: Client;
beforeAll(async () => {
  fenced = await startFenced({ shared_preload_libraries: 'pg_stat_statements' });
  await fenced.setup({ Extensions: ['pg_stat_statements'] });
  await fenced.open(1);
  app = await fenced.as(APP);
  monitor = await fenced.as(MONITOR);
});
afterAll(async () => {
  await monitor?.end();
  await app?.end();
  await fenced?.stop();
});

describe('the user of the exporter', () => {
  it('sees the sessions of everybody, with what they do', async () => {
    await app.query('SELECT 42 AS seen_by_the_exporter');
    const { rows } = await monitor.query(
      'SELECT query FROM pg_stat_activity WHERE usename = $1 AND state IS NOT NULL',
      [APP.username],
    );
    expect(rows).toEqual([{ query: 'SELECT 42 AS seen_by_the_exporter' }]);
  });

  it('sees the statements of everybody where the platform has pg_stat_statements', async () => {
    const { rows } = await monitor.query(
      "SELECT calls FROM pg_stat_statements WHERE query LIKE 'SELECT $1 AS seen_by_the_exporter'",
    );
    expect(rows).toHaveLength(1);
  });

  it('sees slots, replication and sizes', async () => {
    for (const sql of [
      'SELECT * FROM pg_replication_slots',
      'SELECT * FROM pg_stat_replication',
      'SELECT pg_database_size(current_database())',
      'SELECT pg_is_in_recovery()',
    ])
      expect([sql, await outcomeOf(monitor, sql)]).toEqual([sql, 'done']);
  });

  it.each([
    "INSERT INTO orders (note) VALUES ('x')",
    'DELETE FROM orders',
    'SELECT * FROM orders',
    'CREATE TABLE public.mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE ROLE mine',
    'UPDATE holdfast.lease SET epoch = 9',
    "SELECT setval('holdfast.lease_limit', 9)",
    'SELECT holdfast.open_lease(9, 99)',
    'CALL holdfast.enforce()',
    'SELECT pg_terminate_backend(pg_backend_pid())::text, pg_switch_wal()',
  ])('has no right to %s, also in a transaction that may write', async (sql) => {
    await monitor.query('SET default_transaction_read_only = off');
    expect(await outcomeOf(monitor, sql)).toBe('42501');
    await monitor.query('RESET default_transaction_read_only');
  });

  it('begins every transaction as one that only reads, and may not wait or run for long', async () => {
    expect(await outcomeOf(monitor, 'CREATE TEMP TABLE mine (id int)')).toBe('25006');
    const { rows } = await monitor.query("SELECT current_setting('statement_timeout') AS most");
    expect(rows).toEqual([{ most: '20s' }]);
  });

  it('leaves all connections but a few to the application', async () => {
    const more: Client[] = [];
    try {
      for (let held = 1; held < 5; held += 1) more.push(await fenced.as(MONITOR));
      await expect(fenced.as(MONITOR)).rejects.toThrow('too many connections for role');
    } finally {
      await Promise.all(more.map((client) => client.end()));
    }
  });
});

describe('a fence that closes', () => {
  it('keeps the exporter in: a database that takes no writes is the one to look at', async () => {
    const { lease } = await fenced.agent.observe();
    await fenced.agent.close({ epoch: lease.epoch, version: lease.version + 1 });
    await expect(fenced.as(APP)).rejects.toThrow();
    const later = await fenced.as(MONITOR);
    expect(await outcomeOf(later, 'SELECT count(*) FROM pg_stat_activity')).toBe('done');
    await later.end();
    expect(await outcomeOf(monitor, 'SELECT 1')).toBe('done');
  });
});
