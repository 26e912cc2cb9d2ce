import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Client } from 'pg';
import type { DatabaseStatus } from '../../../lambda/region-agent/ports';
import { APP, type FencedServer, startFenced } from '../../support/fence';
import { outcomeOf } from '../../support/writers';

/** What the lease accepts, in a real PostgreSQL 17, through the agent's own adapter. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced();
  await fenced.setup();
  owner = await fenced.as();
});
afterAll(async () => {
  await owner?.end();
  await fenced?.stop();
});

const WRITE = "INSERT INTO orders (note) VALUES ('x')";
let now: DatabaseStatus;
beforeEach(async () => {
  await owner.query('UPDATE holdfast.lease SET epoch = 0, version = 0, closed = true, timeline = 0');
  await owner.query("SELECT setval('holdfast.lease_limit', 1), setval('holdfast.lease_timeline', 1)");
  now = await fenced.agent.observe();
});

const lease = (epoch: number, version: number, seconds = 60) => ({
  epoch,
  version,
  limitMs: now.clockMs + seconds * 1000,
});

describe('the lease', () => {
  it('is open from its opening to its limit', async () => {
    expect(await fenced.agent.open(lease(1, 1, 1))).toBe(true);
    expect(await outcomeOf(owner, WRITE)).toBe('done');
    await owner.query('SELECT pg_sleep(1)');
    expect(await outcomeOf(owner, WRITE)).toBe('HF001');
  });

  it('lives on by each renewal, which also beats the heart', async () => {
    await fenced.agent.open(lease(1, 1, 0));
    expect(await outcomeOf(owner, WRITE)).toBe('HF001');
    expect(await fenced.agent.renew(lease(1, 2))).toBe(true);
    expect(await outcomeOf(owner, WRITE)).toBe('done');
    const { heartbeatMs, clockMs, lease: found } = await fenced.agent.observe();
    expect(found).toMatchObject({ epoch: 1, version: 2, closed: false, timeline: 1 });
    expect(clockMs - (heartbeatMs ?? 0)).toBeLessThan(5_000);
  });

  it('refuses a renewal of an older version, of the same one, and of another epoch', async () => {
    await fenced.agent.open(lease(2, 5));
    for (const [epoch, version] of [
      [2, 4],
      [2, 5],
      [1, 6],
      [3, 6],
    ] as const) {
      expect(await fenced.agent.renew(lease(epoch, version))).toBe(false);
    }
    expect((await fenced.agent.observe()).lease).toMatchObject({ epoch: 2, version: 5 });
  });

  it('refuses a renewal that comes after it was closed, however new it is', async () => {
    await fenced.agent.open(lease(1, 1));
    await fenced.agent.close({ epoch: 1, version: 2 });
    expect(await fenced.agent.renew(lease(1, 3))).toBe(false);
    expect(await outcomeOf(owner, WRITE)).toBe('HF001');
  });

  it('refuses a renewal that waited while it was closed', async () => {
    await fenced.agent.open(lease(1, 1));
    await owner.query('BEGIN');
    await owner.query('SELECT holdfast.close_lease(1, 2)');
    const late = fenced.agent.renew(lease(1, 3));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await owner.query('COMMIT');
    expect(await late).toBe(false);
  });

  it('is closed on another timeline, until it is opened there', async () => {
    await fenced.agent.open(lease(1, 1));
    await owner.query("UPDATE holdfast.lease SET timeline = 7; SELECT setval('holdfast.lease_timeline', 7)");
    expect(await outcomeOf(owner, WRITE)).toBe('HF001');
    expect(await fenced.agent.renew(lease(1, 2))).toBe(false);
    expect(await fenced.agent.open(lease(2, 1))).toBe(true);
    expect(await outcomeOf(owner, WRITE)).toBe('done');
  });

  it('opens again in the same epoch by a higher version only', async () => {
    await fenced.agent.open(lease(3, 1));
    await fenced.agent.close({ epoch: 3, version: 4 });
    expect(await fenced.agent.open(lease(3, 4))).toBe(false);
    expect(await fenced.agent.open(lease(2, 9))).toBe(false);
    expect(await fenced.agent.open(lease(3, 5))).toBe(true);
  });

  it('lets nobody write before the new epoch is committed, and begins only the lease that was opened', async () => {
    await fenced.agent.open(lease(1, 1));
    const call = async (sql: string) =>
      (await owner.query<{ done: boolean }>(`SELECT ${sql} AS done`)).rows[0]?.done;
    expect(await call('holdfast.open_lease(2, 2)')).toBe(true);
    expect((await fenced.agent.observe()).lease).toMatchObject({ epoch: 2, closed: false, limitMs: 1 });
    await expect(owner.query(WRITE)).rejects.toThrow('this database has no lease');
    expect(await call(`holdfast.begin_lease(2, 1, ${now.clockMs + 60_000})`)).toBe(false);
    expect(await call(`holdfast.begin_lease(2, 2, ${now.clockMs + 60_000})`)).toBe(true);
    await owner.query(WRITE);
  });

  it('takes no limit that is far ahead, as one in another unit would be', async () => {
    await expect(fenced.agent.open({ epoch: 1, version: 1, limitMs: now.clockMs * 1000 })).rejects.toThrow(
      'more than an hour ahead',
    );
  });

  it('limits the logins of the application, not those of the agent', async () => {
    await fenced.agent.open(lease(1, 1, 90));
    const { rows } = await owner.query(
      `SELECT rolname, round(extract(epoch FROM rolvaliduntil) * 1000)::text AS until FROM pg_roles
        WHERE rolname IN ('app_a', 'holdfast_agent_a', 'holdfast_owner') ORDER BY 1`,
    );
    expect(rows).toEqual([
      { rolname: 'app_a', until: String(now.clockMs + 90_000) },
      { rolname: 'holdfast_agent_a', until: null },
      { rolname: 'holdfast_owner', until: null },
    ]);
  });

  it('lets in again whom it has shut out, and nobody whom a person has', async () => {
    await owner.query("CREATE ROLE left_us PASSWORD 'x' NOLOGIN");
    await fenced.agent.open(lease(1, 1));
    await fenced.agent.close({ epoch: 1, version: 2 });
    await expect(fenced.as(APP)).rejects.toThrow('not permitted to log in');
    await fenced.agent.open(lease(1, 3));
    await (await fenced.as(APP)).end();
    const { rows } = await owner.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'left_us'");
    expect(rows).toEqual([{ rolcanlogin: false }]);
    await owner.query('DROP ROLE left_us');
  });
});

describe('any sequence of calls', () => {
  const call = fc.record({
    kind: fc.constantFrom('renew' as const, 'open' as const, 'close' as const),
    epoch: fc.integer({ min: 0, max: 3 }),
    version: fc.integer({ min: 1, max: 6 }),
  });

  it('leaves the lease as its rules say: no epoch falls, no closed one is renewed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        await owner.query('UPDATE holdfast.lease SET epoch = 0, version = 0, closed = true, timeline = 0');
        let model = { epoch: 0, version: 0, closed: true };
        for (const { kind, epoch, version } of calls) {
          const newer = epoch > model.epoch || (epoch === model.epoch && version > model.version);
          const accepted = {
            renew: epoch === model.epoch && version > model.version && !model.closed,
            open: newer,
            close: epoch >= model.epoch && version > model.version,
          }[kind];
          if (accepted) model = { epoch, version, closed: kind === 'close' };
          const done =
            kind === 'close'
              ? await fenced.agent.close({ epoch, version })
              : await fenced.agent[kind](lease(epoch, version));
          expect(done).toBe(accepted);
        }
        const { lease: found } = await fenced.agent.observe();
        expect(found).toMatchObject(model);
      }),
      { numRuns: 40 },
    );
  });
});
