import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import type { CronRunner } from '../../../local/postgres/cron';
import { AGENT, APP, type FencedServer, startFenced } from '../../support/fence';
import { outcomeOf, Writers } from '../../support/writers';

/**
 * Attacks on the fence that are known to succeed against weaker ones, in a real PostgreSQL 17. A commit counts if the
 * server has acknowledged it.
 */
const WRITE = "INSERT INTO orders (note) VALUES ('x')";
const SECOND = 1_000;

let fenced: FencedServer;
const writers: Writers[] = [];
const jobs: CronRunner[] = [];
beforeAll(async () => {
  fenced = await startFenced({ max_prepared_transactions: '2' });
});
beforeEach(async () => {
  await fenced.setup();
  const owner = await fenced.as();
  await owner.query(`
    UPDATE holdfast.lease SET epoch = 0, version = 0, closed = true, timeline = 0;
    UPDATE holdfast.enforcement SET at_ms = NULL;
    SELECT setval('holdfast.lease_limit', 1), setval('holdfast.lease_timeline', 1);
    DELETE FROM holdfast.closed_role;
    ALTER ROLE app_a LOGIN VALID UNTIL 'infinity'`);
  await owner.end();
});
afterEach(async () => {
  for (const one of [...writers.splice(0), ...jobs.splice(0)]) await one.stop();
});
afterAll(async () => {
  await fenced?.stop();
});

const enforce = (): void => void jobs.push(fenced.cron());

const write = (on: FencedServer, count = 4): Writers => {
  const made = new Writers(() => on.as(APP), count);
  writers.push(made);
  return made;
};

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error(`It did not come to this in time: ${what}.`);
}

describe('a lease that nobody renews', () => {
  it('ends by itself: no commit past the limit, and no session two enforcements later', async () => {
    enforce();
    const app = write(fenced);
    await fenced.open(1, 2);
    expect(await app.during(1_500)).toBeGreaterThan(0);
    await wait(500);
    expect(await app.during(2_500)).toBe(0);
    expect((await fenced.agent.observe()).fencedSessions).toBe(0);
    const owner = await fenced.as();
    const { rows } = await owner.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_a'");
    expect(rows).toEqual([{ rolcanlogin: false }]);
    await owner.end();
  });

  it('ends without any job too: the enforcement is asleep, all worker slots are taken', async () => {
    const app = write(fenced);
    await fenced.open(1, 1);
    await wait(SECOND);
    expect(await app.during(SECOND)).toBe(0);
    expect(app.refused.get('HF001')).toBeGreaterThan(0);
    const { enforcedAgoSeconds } = await fenced.agent.observe();
    expect(enforcedAgoSeconds).toBeNull();
  });

  it('is opened anew for a pool that has never stopped trying', async () => {
    enforce();
    const app = write(fenced);
    await fenced.open(1, 1);
    await wait(2 * SECOND);
    await fenced.open(1, 60);
    await until('writes again', async () => (await app.during(100)) > 0);
  });
});

describe('a server that is started past the limit', () => {
  it('accepts no commit, before any job has run', async () => {
    await fenced.open(1, 2);
    const app = write(fenced);
    expect(await app.during(800)).toBeGreaterThan(0);
    await fenced.server.halt('immediate');
    await wait(1_500);
    await fenced.server.start();
    expect(await app.during(SECOND)).toBe(0);
    expect((await fenced.agent.observe()).lease.closed).toBe(false);
  });
});

describe('a replica that is promoted while the lease lasts', () => {
  it('accepts no commit until it is opened in its own epoch, and then does', async () => {
    await fenced.open(1, 300);
    const replica = fenced.on(await fenced.server.replica());
    try {
      await until('streams', async () => (await replica.agent.observe()).streaming);
      const before = await replica.agent.observe();
      expect(before).toMatchObject({ inRecovery: true, timeline: null, lease: { epoch: 1, closed: false } });
      await expect(replica.agent.renew({ ...before.lease, version: 9 })).rejects.toThrow('read-only');
      const session = await replica.as(APP);
      await replica.server.promote();
      const app = write(replica);
      expect(await app.during(SECOND)).toBe(0);
      expect(await outcomeOf(session, WRITE)).toBe('HF001');
      const after = await replica.agent.observe();
      expect(after).toMatchObject({ inRecovery: false, timeline: 2, lease: { timeline: 1 } });
      expect(await replica.agent.renew({ ...after.lease, version: 9 })).toBe(false);
      replica.cron();
      await until('no session', async () => (await replica.agent.observe()).fencedSessions === 0);
      expect(await outcomeOf(session, 'SELECT 1')).not.toBe('done');
      await replica.open(2);
      await until('writes', async () => (await app.during(100)) > 0);
      await app.stop();
    } finally {
      await replica.stop();
    }
  });
});

describe('a server that stands still past the limit', () => {
  it('refuses what has been sent to it meanwhile', async () => {
    const { version } = await fenced.open(1);
    const sessions = await Promise.all(Array.from({ length: 8 }, () => fenced.as(APP)));
    for (const session of sessions) expect(await outcomeOf(session, WRITE)).toBe('done');
    const { clockMs } = await fenced.agent.observe();
    await fenced.agent.renew({ epoch: 1, version: version + 1, limitMs: clockMs + SECOND });
    const sent = await whilePaused(sessions, 1_500);
    expect(sent).toEqual(sessions.map(() => 'HF001'));
    await Promise.all(sessions.map((session) => session.end()));
  });

  const whilePaused = async (sessions: readonly Client[], milliseconds: number): Promise<string[]> => {
    fenced.server.pause();
    try {
      const answers = sessions.map((session) => outcomeOf(session, WRITE));
      await wait(milliseconds);
      fenced.server.continue();
      return await Promise.all(answers);
    } finally {
      fenced.server.continue();
    }
  };

  it('gives the agent no answer in time, and one on a new connection afterwards', async () => {
    await fenced.open(1);
    fenced.server.pause();
    const begun = performance.now();
    try {
      await expect(fenced.agent.observe()).rejects.toThrow('could not be asked to tell its status');
      expect(performance.now() - begun).toBeLessThan(5_000);
    } finally {
      fenced.server.continue();
    }
    expect((await fenced.agent.observe()).lease.epoch).toBe(1);
  });
});

describe('a role that somebody has locked', () => {
  it('neither keeps the lease from being renewed, nor from being closed', async () => {
    const owner = await fenced.as();
    const app = write(fenced);
    const { version } = await fenced.open(1);
    expect(await app.during(500)).toBeGreaterThan(0);
    await owner.query('BEGIN');
    await owner.query("ALTER ROLE app_a PASSWORD 'another'");
    const { clockMs } = await fenced.agent.observe();
    expect(await fenced.agent.renew({ epoch: 1, version: version + 1, limitMs: clockMs + 60_000 })).toBe(
      true,
    );
    expect(await fenced.agent.close({ epoch: 1, version: version + 2 })).toBe(true);
    expect(await app.during(500)).toBe(0);
    enforce();
    await until('no session', async () => (await fenced.agent.observe()).fencedSessions === 0);
    await until('enforced', async () => (await fenced.agent.observe()).enforcedAgoSeconds !== null);
    await owner.query('ROLLBACK');
    await until('may not log in', async () => {
      const { rows } = await owner.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_a'");
      return rows[0]?.rolcanlogin === false;
    });
    await owner.end();
  });
});

describe('an application that takes all connections', () => {
  it('leaves one for the agent, who closes the fence without any job', async () => {
    await fenced.open(1);
    const taken: Client[] = [];
    let refused = '';
    while (refused === '') {
      try {
        taken.push(await fenced.as(APP));
      } catch (error) {
        refused = String(error);
      }
    }
    expect(refused).toContain('too many connections for role "app_a"');
    const agent = await fenced.as(AGENT);
    expect((await agent.query('SELECT fenced_sessions FROM holdfast.status()')).rows).toEqual([
      { fenced_sessions: 12 },
    ]);
    expect(await fenced.agent.close({ epoch: 1, version: 9 })).toBe(true);
    await until('no session', async () => (await fenced.agent.observe()).fencedSessions === 0);
    await agent.end();
  });
});

describe('a pool that connects again at once', () => {
  it('has no session left and commits nothing once the agent has closed the fence', async () => {
    const app = write(fenced, 10);
    const { version } = await fenced.open(1);
    expect(await app.during(500)).toBeGreaterThan(0);
    expect(await fenced.agent.close({ epoch: 1, version: version + 1 })).toBe(true);
    expect(await app.during(SECOND)).toBe(0);
    expect((await fenced.agent.observe()).fencedSessions).toBe(0);
  });

  it('has none left either where only sessions are fenced', async () => {
    await fenced.setup({ Statements: 'false' });
    enforce();
    const app = write(fenced, 10);
    await fenced.open(1, 1);
    await wait(3 * SECOND);
    expect(await app.during(SECOND)).toBe(0);
    expect((await fenced.agent.observe()).fencedSessions).toBe(0);
  });

  it('cannot come back while its sessions are ended, where nothing but NOLOGIN keeps it out', async () => {
    await fenced.setup({ Statements: 'false' });
    await fenced.open(1);
    const [owner, holder, job] = [await fenced.as(), await fenced.as(), await fenced.as()];
    await owner.query("DROP EVENT TRIGGER holdfast_refuse_login; ALTER ROLE app_a VALID UNTIL 'infinity'");
    const app = write(fenced, 8);
    expect(await app.during(500)).toBeGreaterThan(0);
    await owner.query("SELECT setval('holdfast.lease_limit', 1)");
    // Holds the enforcement up between its last session and its end.
    await holder.query('BEGIN; SELECT FROM holdfast.enforcement FOR UPDATE');
    const enforced = job.query('CALL holdfast.enforce()');
    await wait(500);
    expect(await app.during(500)).toBe(0);
    expect((await fenced.agent.observe()).fencedSessions).toBe(0);
    await holder.query('ROLLBACK');
    await enforced;
    await Promise.all([owner, holder, job].map((client) => client.end()));
  });
});

describe('a person who adds a role', () => {
  it('adds one that is fenced: it may log in while there is a lease, and is shut out with the others', async () => {
    const owner = await fenced.as();
    await fenced.open(1);
    await owner.query("CREATE ROLE analyst LOGIN PASSWORD 'a' IN ROLE holdfast_application");
    const analyst = { username: 'analyst', password: 'a' };
    const session = await fenced.as(analyst);
    expect(await outcomeOf(session, WRITE)).toBe('done');
    await owner.query("SELECT setval('holdfast.lease_limit', 1)");
    enforce();
    await until('shut out', async () => {
      const { rows } = await owner.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'analyst'");
      return rows[0]?.rolcanlogin === false;
    });
    expect(await outcomeOf(session, 'SELECT 1')).not.toBe('done');
    await expect(fenced.as(analyst)).rejects.toThrow('not permitted to log in');
    await owner.query('DROP ROLE analyst');
    await owner.end();
  });

  it('cannot go in without a password either: the login trigger asks nobody how he came', async () => {
    const owner = await fenced.as();
    await owner.query("CREATE ROLE guest LOGIN PASSWORD 'g' VALID UNTIL 'infinity'");
    await expect(fenced.as({ username: 'guest', password: 'g' })).rejects.toMatchObject({ code: 'HF001' });
    await owner.query('DROP ROLE guest');
    await owner.end();
  });
});

describe('a transaction that was prepared while there was a lease', () => {
  it('can be committed later, which is why the set-up names it', async () => {
    await fenced.open(1);
    const app = await fenced.as(APP);
    await app.query('BEGIN');
    await app.query(WRITE);
    await app.query("PREPARE TRANSACTION 'left'");
    await fenced.agent.close({ epoch: 1, version: 9 });
    expect((await fenced.setup()).sentence).toContain('1 prepared transaction(s)');
    const owner = await fenced.as();
    expect(await outcomeOf(owner, "COMMIT PREPARED 'left'")).toBe('done');
    await owner.end();
  });
});
