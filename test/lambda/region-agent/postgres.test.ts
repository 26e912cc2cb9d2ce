import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { fencedDatabase } from '../../../lambda/region-agent/postgres';
import type { Credential } from '../../../lambda/runtime/postgres/session';
import { until } from '../../integration/support/places';
import { selfSigned } from '../../support/certificate';
import { AGENT, AUTHORITY, DATABASE, type FencedServer, LOGICAL, startFenced } from '../../support/fence';
import { freePort } from '../../support/free-port';

/** The agent's adapter against a real PostgreSQL 17 over TLS. */
let fenced: FencedServer;
beforeAll(async () => {
  fenced = await startFenced();
});
afterAll(async () => {
  await fenced?.stop();
});

const address = () => ({ host: fenced.server.host, port: fenced.server.port, database: DATABASE });

const slots = async (owner: Client): Promise<readonly unknown[]> =>
  (await owner.query('SELECT slot_name FROM pg_replication_slots')).rows.map(({ slot_name }) => slot_name);

describe('the opening of a lease where the log is archived', () => {
  let archived: FencedServer;
  let owner: Client;
  beforeAll(async () => {
    archived = await startFenced({ ...LOGICAL, max_prepared_transactions: '2' });
    await archived.setup({ Archive: 'true' });
    owner = await archived.as();
    await owner.query("SELECT pg_drop_replication_slot('holdfast_archive')");
  });
  afterAll(async () => {
    await owner?.end();
    await archived?.stop();
  });

  it('makes its slot first', async () => {
    expect((await archived.agent.observe()).archiveMissing).toBe(true);
    await archived.open(1);
    expect(await slots(owner)).toEqual(['holdfast_archive']);
    expect((await archived.agent.observe()).archiveMissing).toBe(false);
    const { rows } = await owner.query('SELECT complete FROM holdfast.archive_slot');
    expect(rows).toEqual([{ complete: true }]);
  });

  it('opens without one within 5 s if an open transaction stands against it, and tries once for each epoch', async () => {
    await owner.query("BEGIN; INSERT INTO orders (note) VALUES ('x'); PREPARE TRANSACTION 'inherited'");
    await owner.query("SELECT pg_drop_replication_slot('holdfast_archive')");
    const began = performance.now();
    await archived.open(2);
    const first = performance.now() - began;
    expect(first).toBeGreaterThan(1_500);
    expect(first).toBeLessThan(5_000);
    expect((await archived.agent.observe()).archiveMissing).toBe(true);
    const again = performance.now();
    await archived.open(2);
    expect(performance.now() - again).toBeLessThan(1_000);
    expect(await slots(owner)).toEqual([]);
    await owner.query("COMMIT PREPARED 'inherited'");
  });

  it('opens nothing while another agent is still making the slot', async () => {
    await owner.query('BEGIN; SELECT pg_advisory_xact_lock(4869002018)');
    const opening = archived.open(3);
    await until('it waits', async () => {
      const { rows } = await owner.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
      );
      return rows.length === 1;
    });
    expect((await owner.query('SELECT epoch::int FROM holdfast.lease')).rows).toEqual([{ epoch: 2 }]);
    await owner.query('COMMIT');
    await opening;
    expect(await slots(owner)).toEqual(['holdfast_archive']);
  });

  it('opens a database whose set-up is of an earlier version', async () => {
    await owner.query('DROP FUNCTION holdfast.make_archive_slot()');
    await archived.open(4);
    expect((await archived.agent.observe()).lease.epoch).toBe(4);
  });
});

/** @returns an adapter that is given each credential in turn, the last one for ever, and how often it has asked */
function withCredentials(...credentials: readonly Credential[]) {
  let asked = 0;
  const database = fencedDatabase(
    address(),
    async () => {
      asked += 1;
      return credentials[Math.min(asked, credentials.length) - 1] ?? AGENT;
    },
    AUTHORITY,
  );
  return { database, asked: () => asked };
}

async function sessionsOfAgent(): Promise<unknown> {
  const owner = await fenced.as();
  const { rows } = await owner.query(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast-region-agent' AND usename LIKE 'holdfast_agent%'",
  );
  await owner.end();
  return rows.map(({ pid }) => pid);
}

describe('the connection of the agent', () => {
  it('says what to do while the database has not been set up', async () => {
    const owner = await fenced.as();
    await owner.query("CREATE ROLE holdfast_agent_b LOGIN PASSWORD 'early'");
    const { database } = withCredentials({ username: 'holdfast_agent_b', password: 'early' });
    await expect(database.observe()).rejects.toThrow('the database was not set up for it; deploy again');
    await database.end();
    await owner.query('DROP ROLE holdfast_agent_b');
    await owner.end();
    await fenced.setup();
  });

  it('is one, kept over all calls', async () => {
    const { database, asked } = withCredentials(AGENT);
    const { lease } = await database.observe();
    const first = await sessionsOfAgent();
    await database.renew({ epoch: lease.epoch, version: 1, limitMs: 1 });
    await database.observe();
    expect(await sessionsOfAgent()).toEqual(first);
    expect(asked()).toBe(1);
    await database.end();
  });

  it('is made anew when it has broken since the last call', async () => {
    const { database } = withCredentials(AGENT);
    await database.observe();
    // The test server commits without waiting for its disk: what set-up made must not be lost with the restart.
    const owner = await fenced.as();
    await owner.query('CHECKPOINT');
    await owner.end();
    await fenced.server.restart('immediate');
    const status = await database.observe().catch(() => database.observe());
    expect(status.inRecovery).toBe(false);
    expect(await sessionsOfAgent()).toHaveLength(1);
    await database.end();
  });

  it('asks for the credential again when the one it has is refused', async () => {
    const old = { ...AGENT, password: 'before-the-rotation' };
    const owner = await fenced.as();
    await owner.query(`ALTER ROLE holdfast_agent_a PASSWORD '${old.password}'`);
    const { database, asked } = withCredentials(old, AGENT);
    await database.observe();
    await owner.query(`ALTER ROLE holdfast_agent_a PASSWORD '${AGENT.password}'`);
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'holdfast_agent_a'",
    );
    // The end of the session may not have arrived here yet: the call then fails, and the next one connects anew.
    await database.observe().catch(() => database.observe());
    expect(asked()).toBe(2);
    await database.end();
    await owner.end();
  });

  it('never shows the password', async () => {
    const { database } = withCredentials({ ...AGENT, password: 'wrong-and-secret' });
    const refused = database.observe();
    await expect(refused).rejects.toThrow('does not accept the credential of holdfast_agent_a');
    await expect(refused).rejects.not.toThrow('wrong-and-secret');
  });

  it('is refused if the certificate is of an authority that is not known', async () => {
    const database = fencedDatabase(address(), async () => AGENT, selfSigned().certificate);
    await expect(database.observe()).rejects.toThrow('could not be reached');
  });

  it('tells a server that is not there', async () => {
    const nowhere = { host: '127.0.0.1', port: await freePort(), database: DATABASE };
    const database = fencedDatabase(nowhere, async () => AGENT);
    await expect(database.close({ epoch: 1, version: 1 })).rejects.toThrow(
      'The fence of the database at 127.0.0.1 could not be asked to close its lease',
    );
  });
});
