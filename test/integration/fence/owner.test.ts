import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import type { CronRunner } from '../../../local/postgres/cron';
import { APP, type FencedServer, OWNER, startFenced } from '../../support/fence';
import { resourceHost } from '../../support/resource-host';
import { outcomeOf } from '../../support/writers';

/**
 * Sessions of the owner, in a real PostgreSQL 17. The owner may always log in; what it has begun under a lease must not
 * be committed without one.
 */
const WRITE = "INSERT INTO orders (note) VALUES ('migrated')";
const CHANGE = 'ALTER TABLE orders ADD COLUMN migrated int';
/** What a migration would have left. */
const LEFT = `
  SELECT (SELECT count(*)::int FROM orders WHERE note = 'migrated') AS rows,
         (SELECT count(*)::int FROM information_schema.columns WHERE table_name = 'orders') AS columns`;

let fenced: FencedServer;
let holdfast: Client;
let version: number;
const clients: Client[] = [];
const jobs: CronRunner[] = [];
beforeAll(async () => {
  fenced = await startFenced();
  await fenced.setup();
  holdfast = await fenced.as();
});
beforeEach(async () => {
  ({ version } = await fenced.open(1));
});
afterEach(async () => {
  for (const job of jobs.splice(0)) await job.stop();
  for (const client of clients.splice(0)) await client.end().catch(() => undefined);
});
afterAll(async () => {
  await holdfast?.end();
  await fenced?.stop();
});

async function ownerNamed(application: string): Promise<Client> {
  const client = await fenced.as(OWNER, application);
  clients.push(client);
  return client;
}

/** @returns a session of the owner that has changed something and not committed it */
async function migration(change: string): Promise<Client> {
  const client = await ownerNamed('migrate');
  await client.query('BEGIN');
  await client.query(change);
  return client;
}

const fencedSessions = async (): Promise<number> => (await fenced.agent.observe()).fencedSessions;
const close = (): Promise<boolean> => fenced.agent.close({ epoch: 1, version: version + 1 });

async function drained(): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    if ((await fencedSessions()) === 0) return;
    await wait(50);
  }
  throw new Error('Sessions are left after five seconds.');
}

/** The lease ends by itself, and the enforcement finds that out. */
async function expire(): Promise<void> {
  await fenced.open(1, 1);
  jobs.push(fenced.cron());
  await wait(1_000);
}

describe('a migration that is open when the lease ends', () => {
  it.each([
    ['the agent closes it, and rows were written', close, WRITE],
    ['the agent closes it, and a table was changed', close, CHANGE],
    ['its time is over, and rows were written', expire, WRITE],
  ] as const)('is counted, ended, and commits nothing: %s', async (_, end, change) => {
    const open = await migration(change);
    expect(await fencedSessions()).toBe(1);
    await end();
    await drained();
    expect(await outcomeOf(open, 'COMMIT')).not.toBe('done');
    expect((await holdfast.query(LEFT)).rows).toEqual([{ rows: 0, columns: 2 }]);
  });

  it('is left alone while the lease lasts', async () => {
    jobs.push(fenced.cron());
    const open = await migration(WRITE);
    await wait(1_500);
    expect(await outcomeOf(open, 'ROLLBACK')).toBe('done');
  });

  it('is ended where only sessions are fenced too', async () => {
    await fenced.setup({ Statements: 'false' });
    const open = await migration(WRITE);
    await close();
    await drained();
    expect(await outcomeOf(open, 'COMMIT')).not.toBe('done');
    await fenced.setup();
  });
});

describe('a session without a lease', () => {
  beforeEach(async () => {
    await close();
  });

  it('may be begun by the owner, and is ended by the next enforcement', async () => {
    const person = await ownerNamed('psql');
    expect(await outcomeOf(person, 'SELECT 1')).toBe('done');
    expect(await fencedSessions()).toBe(1);
    await holdfast.query('CALL holdfast.enforce()');
    expect(await outcomeOf(person, 'SELECT 1')).not.toBe('done');
    expect(await outcomeOf(await ownerNamed('psql'), 'SELECT 1')).toBe('done');
  });

  it.each(['holdfast-database-setup', 'holdfast-secret-rotation'])(
    'of Holdfast itself is neither counted nor ended: %s',
    async (name) => {
      const own = await ownerNamed(name);
      await own.query('BEGIN');
      await own.query(`ALTER ROLE ${APP.username} PASSWORD '${APP.password}'`);
      await holdfast.query('CALL holdfast.enforce()');
      expect(await fencedSessions()).toBe(0);
      expect(await outcomeOf(own, 'COMMIT')).toBe('done');
    },
  );

  it('of the enforcement under a name of its own is not counted, and does its work', async () => {
    const job = await ownerNamed('pg_cron');
    await holdfast.query('BEGIN; SELECT FROM holdfast.enforcement FOR UPDATE');
    const enforced = outcomeOf(job, 'CALL holdfast.enforce()');
    await wait(200);
    expect(await fencedSessions()).toBe(0);
    await holdfast.query('SELECT holdfast.end_sessions(); COMMIT');
    expect(await enforced).toBe('done');
    expect(await fencedSessions()).toBe(1);
  });

  it('of a role that takes the name of Holdfast is fenced all the same', async () => {
    await fenced.open(1);
    const app = await fenced.as(APP, 'holdfast-region-agent');
    clients.push(app);
    expect(await fencedSessions()).toBe(1);
    await fenced.agent.close({ epoch: 1, version: version + 3 });
    expect(await outcomeOf(app, 'SELECT 1')).not.toBe('done');
  });
});

describe('a set-up without a lease', () => {
  it('comes to its end although sessions are ended meanwhile', async () => {
    await close();
    await holdfast.query('DROP TRIGGER holdfast_guard ON orders');
    const busy = await fenced.as();
    clients.push(busy);
    await busy.query('BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE');
    const host = resourceHost();
    const pause = jest.spyOn(host.clock, 'sleep').mockImplementation(async () => {
      await holdfast.query('CALL holdfast.enforce()');
      await busy.query('ROLLBACK');
    });
    expect((await fenced.setup({}, host)).sentence).toContain('The owner may log in without a lease.');
    expect(pause).toHaveBeenCalledTimes(1);
  });
});
