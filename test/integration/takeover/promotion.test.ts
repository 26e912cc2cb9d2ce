import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimed } from '../../../lambda/leader/steps';
import { type Pair, type Side, startPair } from '../support/incident';
import { STANDBY, until } from '../support/places';
import type { Mood } from '../support/rds';

/**
 * A standby has claimed the lead, and RDS does not do what it is asked. What RDS answers goes through the real adapter to
 * the real agents; the server is a real one.
 */
const START_MS = 60_000;
const CASE_MS = 90_000;

/** Home has led, is gone, and the standby has claimed epoch 2; its agents have not begun yet. */
async function claimedPair(): Promise<Pair> {
  const pair = await startPair();
  try {
    const { home, standby, table } = pair;
    await home.server.open(1, 1);
    await until('the lease is copied', async () => (await standby.server.agent.observe()).lease.epoch === 1);
    await home.server.server.halt('immediate');
    await table.change((record) => claimed(record, STANDBY, 'takeover', 'Home is silent.'));
    return pair;
  } catch (error) {
    await pair.stop();
    throw error;
  }
}

/** New runs do not wait until they may ask again. */
async function beginAnew({ agents }: Side): Promise<void> {
  await agents.kill();
  agents.start();
}

async function serves({ standby, table }: Pair): Promise<void> {
  await until('standby serves', () => table.record.state === 'SERVING');
  // Promoted once, however often it was asked: another timeline would be a second time.
  expect(await standby.server.agent.observe()).toMatchObject({
    inRecovery: false,
    timeline: 2,
    lease: { epoch: 2, closed: false },
  });
  expect(table.record).toMatchObject({ epoch: 2, holder: STANDBY });
}

describe('a promotion that RDS does not do', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await claimedPair();
    pair.standby.rds.status = 'backing-up';
    pair.standby.agents.start();
  }, START_MS);
  afterAll(() => pair?.stop());

  it('is not asked for while the replica is backing-up: the claim waits, and may still be given back', async () => {
    const { standby, table } = pair;
    await until('it says so', () => standby.agents.said(/its replica is backing-up.*it waits/));
    expect(standby.rds.asked).toBe(0);
    expect(table.record.state).toBe('CLAIMED');
  });

  it.each<[Mood, RegExp]>([
    ['refuses', /RDS does not promote shop-db now: its status is available/],
    ['throttles', /promotion of the database shop-db was throttled by AWS: .*Rate exceeded/],
    ['hangs', /promotion of the database shop-db.* 3 s/],
  ])(
    'is asked for again when RDS %s, and the failure is told',
    async (mood, failure) => {
      const { standby, table } = pair;
      standby.rds.mood = mood;
      standby.rds.status = 'available';
      await beginAnew(standby);
      await until('the failure is told', () => standby.agents.said(failure));
      expect(table.record.state).toBe('PROMOTING');
      expect((await standby.server.agent.observe()).lease).toMatchObject({ epoch: 1 });
    },
    CASE_MS,
  );

  it(
    'is found done when RDS does it and reports an error',
    async () => {
      const { standby } = pair;
      standby.rds.mood = 'succeeds-and-fails';
      await beginAnew(standby);
      await serves(pair);
      expect(standby.agents.said(/The request processing has failed/)).toBe(true);
    },
    CASE_MS,
  );
});

describe('a promotion by a person', () => {
  let pair: Pair;
  afterAll(() => pair?.stop());

  it(
    'is adopted by the claim that it came before',
    async () => {
      pair = await claimedPair();
      const { standby } = pair;
      await standby.rds.promoteNow();
      standby.agents.start();
      await serves(pair);
      expect(standby.rds.asked).toBe(0);
      expect(standby.agents.pages.join(' ')).toContain('promoted already, by a person');
    },
    START_MS + CASE_MS,
  );
});

describe('a promotion by a person while home leads', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair();
  }, START_MS);
  afterAll(() => pair?.stop());

  it(
    'opens nothing, and is told',
    async () => {
      const { home, standby, table } = pair;
      home.agents.start();
      await until('home leads', () => table.record.databaseTime !== null);
      await until(
        'the lease is copied',
        async () => (await standby.server.agent.observe()).lease.epoch === 1,
      );
      await standby.rds.promoteNow();
      standby.agents.start();
      await until('it is told', () => standby.agents.said(/was promoted by a person while us-east-1 leads/));
      await until('it is closed', async () => (await standby.server.agent.observe()).lease.closed);
      expect(table.record).toMatchObject({ epoch: 1, state: 'SERVING' });
    },
    CASE_MS,
  );
});
