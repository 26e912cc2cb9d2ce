import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Client } from 'pg';
import { Fence, installed } from '../simulation/world/fence';
import { APP, type FencedServer, startFenced } from '../support/fence';
import { outcomeOf } from '../support/writers';

/**
 * The simulation stands and falls with its model of the fence. Here any sequence of calls is made on the model and on the
 * SQL in a real PostgreSQL, and both must give the same answers and come to the same lease. The clock is the server's;
 * it passes limits by itself, or has passed them before a lease was given.
 */
const PROPERTY_MS = 150_000;
const REFUSED = 'HF001';

/** How far the limit of a lease is ahead, in milliseconds: past already, soon waited for, or longer than the test. */
const AHEAD_MS = { over: -1_000, short: 300, long: 600_000 } as const;

/** Epochs and versions are relative to those of the lease. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('renew' as const, 'open' as const, 'close' as const),
      epoch: fc.constantFrom(-1, 0, 0, 0, 1),
      version: fc.constantFrom(-1, 0, 1, 1, 2),
      ahead: fc.constantFrom('over' as const, 'short' as const, 'long' as const, 'long' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('enforce' as const), rolesLocked: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'promote' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const open: Step = { kind: 'open', epoch: 1, version: 1, ahead: 'long' };
const renew: Step = { kind: 'renew', epoch: 0, version: 1, ahead: 'long' };
const close: Step = { kind: 'close', epoch: 0, version: 1, ahead: 'long' };
const promote: Step = { kind: 'promote' };
/** What chance meets too rarely in so few runs. */
const EXAMPLES: readonly Step[][] = [
  [open, close, renew, { ...open, epoch: 0 }, renew],
  [open, promote, renew, { ...open, epoch: 0 }],
  [open, { ...close, epoch: -1 }, { ...open, epoch: -1 }, { ...renew, epoch: -1 }],
  [{ ...open, ahead: 'short' }, { kind: 'enforce', rolesLocked: false }, renew],
];

let fenced: FencedServer;
let model: Fence;
beforeAll(async () => {
  // What is committed must outlive a restart that is a crash.
  fenced = await startFenced({ synchronous_commit: 'on' });
  await fenced.setup();
});
afterAll(() => fenced?.stop());

async function asOwner<T>(work: (owner: Client) => Promise<T>): Promise<T> {
  const owner = await fenced.as();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/** Both are as set-up leaves a new database. */
async function begin(): Promise<void> {
  model = new Fence(installed(1));
  await asOwner((owner) =>
    owner.query(`
      SET synchronous_commit = on;
      UPDATE holdfast.lease SET epoch = 0, version = 0, closed = true, timeline = 0;
      UPDATE holdfast.heartbeat SET at_ms = NULL;
      UPDATE holdfast.enforcement SET at_ms = NULL;
      SELECT setval('holdfast.lease_limit', 1), setval('holdfast.lease_timeline', 1, false);
      DELETE FROM holdfast.closed_role;
      ALTER ROLE app_a LOGIN VALID UNTIL '1970-01-01'`),
  );
}

/** The server's clock and timeline, which the model is given. */
async function present(): Promise<readonly [clockMs: number, timeline: number]> {
  const { clockMs, timeline } = await fenced.agent.observe();
  return [clockMs, timeline ?? 0];
}

async function take(one: Step): Promise<void> {
  switch (one.kind) {
    case 'restart':
      return fenced.server.restart('immediate');
    case 'promote':
      await fenced.server.restartAsReplica();
      return fenced.server.promote();
    case 'enforce':
      return enforce(one.rolesLocked);
    default:
      return change(one);
  }
}

async function change({ kind, epoch, version, ahead }: Extract<Step, { kind: 'renew' | 'open' | 'close' }>) {
  const now = await present();
  const [clockMs] = now;
  const { state } = model;
  const lease = {
    epoch: Math.max(0, state.epoch + epoch),
    version: Math.max(0, state.version + version),
    limitMs: clockMs + AHEAD_MS[ahead],
  };
  if (kind === 'close') {
    expect(await fenced.agent.close(lease)).toBe(model.close(lease));
    return;
  }
  expect(await fenced.agent[kind](lease)).toBe(model[kind](lease, ...now));
  if (ahead === 'short') await wait(lease.limitMs + 50 - Date.now());
}

/** @param rolesLocked by a session that changes the password of the application's role */
async function enforce(rolesLocked: boolean): Promise<void> {
  const now = await present();
  await asOwner(async (locker) => {
    if (rolesLocked) await locker.query(`BEGIN; ALTER ROLE app_a PASSWORD '${APP.password}'`);
    await asOwner((owner) => owner.query('CALL holdfast.enforce()'));
  });
  model.enforce(...now, rolesLocked);
}

async function loginOutcome(): Promise<boolean> {
  try {
    await (await fenced.as(APP)).end();
    return true;
  } catch {
    return false;
  }
}

/** What both let through and hold now. */
async function compare(): Promise<void> {
  const now = await present();
  const { epoch, version, closed, limitMs, timeline, heartbeatMs, enforcedMs, noLogin } = model.state;
  const seen = await fenced.agent.observe();
  const [row, written] = await asOwner(async (owner) => {
    const { rows } = await owner.query(
      "SELECT holdfast.is_open() AS open, NOT rolcanlogin AS shut FROM pg_roles WHERE rolname = 'app_a'",
    );
    return [rows[0], await outcomeOf(owner, "INSERT INTO orders (note) VALUES ('x')")];
  });
  expect({
    lease: seen.lease,
    beats: seen.heartbeatMs !== null,
    enforced: seen.enforcedAgoSeconds !== null,
    row,
    written,
    mayLogIn: await loginOutcome(),
  }).toEqual({
    lease: { epoch, version, closed, limitMs, timeline },
    beats: heartbeatMs !== null,
    enforced: enforcedMs !== null,
    row: { open: model.isOpen(...now), shut: noLogin },
    written: model.guard(...now) ? 'done' : REFUSED,
    mayLogIn: model.login(...now),
  });
}

describe("the simulation's model of the fence", () => {
  it(
    'answers any sequence of calls, restarts and promotions as the SQL does',
    async () => {
      const sequences = fc.array(step, { minLength: 4, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(sequences, async (steps) => {
          await begin();
          for (const one of steps) {
            await take(one);
            await compare();
          }
        }),
        { numRuns: EXAMPLES.length + 10, examples: EXAMPLES.map((steps) => [steps]), endOnFailure: true },
      );
    },
    PROPERTY_MS,
  );
});
