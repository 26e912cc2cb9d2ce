import { describe, expect, it } from '@jest/globals';
import { FOR_GOOD, fault, HOME, incident, STANDBY } from './incident';

const homeDies = (at: number) => fault('region dies', at, { where: HOME, lasts: FOR_GOOD });

describe('a database is in trouble', () => {
  it("home's database fails over to another zone in 110 s: home keeps the lead", async () => {
    const { states } = await incident({
      faults: [fault('failover within a region', 40, { where: HOME, lasts: 110 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
  });

  it("home's database is gone for good: home gives the lease up, and the standby serves", async () => {
    const { record, when } = await incident({
      faults: [fault('database out of order', 40, { where: HOME, lasts: 500 })],
    });
    expect(record.holder).toBe(STANDBY);
    expect(when('CLAIMED')).toBeGreaterThan(40 + 150);
  });

  it('pg_cron stands still at home: no lease is renewed on it, and no session outlives its lease unseen', async () => {
    const { record, signals } = await incident({
      faults: [fault('pg_cron paused', 40, { where: HOME, lasts: 400 })],
    });
    expect(signals).toContain('fenceClosed');
    expect(record.holder).toBe(STANDBY);
  });

  it("home's server stands still for 60 s with renewals on their way: they extend nothing", async () => {
    const { outcome } = await incident({
      faults: [
        fault('server paused', 39, { where: HOME, lasts: 60 }),
        fault('region cut off', 40, { where: HOME, lasts: 400 }),
      ],
    });
    expect(outcome.violation).toBeUndefined();
  });

  it("somebody's transaction locks the application's roles while home is cut off: home closes all the same", async () => {
    const { lastCommit, when } = await incident({
      faults: [
        fault('roles locked', 30, { where: HOME, lasts: 500 }),
        fault('region cut off', 40, { where: HOME, lasts: 400 }),
      ],
    });
    expect(lastCommit(HOME)).toBeLessThan(when('CLAIMED') ?? 0);
  });

  it('a person promotes the standby by hand: it stays closed, and home serves', async () => {
    const { record, firstCommit, sentences } = await incident({
      faults: [fault('promoted by hand', 40, { where: STANDBY })],
    });
    expect([record.holder, record.epoch]).toEqual([HOME, 1]);
    expect(firstCommit(STANDBY)).toBeUndefined();
    expect(sentences.some((one) => one.includes('promoted by a person'))).toBe(true);
  });

  it('a person promotes the standby by hand, and home dies: nobody takes over before a person says so', async () => {
    const faults = [fault('promoted by hand', 30, { where: STANDBY }), homeDies(130)];
    const waiting = await incident({ faults });
    expect([waiting.record.holder, waiting.record.epoch]).toEqual([HOME, 1]);
    const { record } = await incident({ faults: [...faults, fault('failover', 300)] });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('a person promotes the standby by hand after home died: the agents come to the same end', async () => {
    const { record } = await incident({
      faults: [homeDies(40), fault('promoted by hand', 100, { where: STANDBY }), fault('failover', 260)],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('somebody edits the lease at home: a person is told', async () => {
    const { signals, pages } = await incident({
      seconds: 400,
      faults: [
        fault('fence edited', 40, { where: HOME }),
        fault('region cut off', 60, { where: HOME, lasts: FOR_GOOD }),
      ],
    });
    expect(signals.size + pages.length).toBeGreaterThan(0);
  });
});

describe('RDS is in trouble while home is lost', () => {
  it('it throttles: the promotion is asked for until it is taken', async () => {
    const { record } = await incident({
      faults: [homeDies(40), fault('RDS throttles', 100, { where: STANDBY, lasts: 120, size: 0.8 })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('it reports failure for what it does: the promotion is seen to have happened', async () => {
    const { record } = await incident({
      faults: [homeDies(40), fault('RDS lies', 100, { where: STANDBY, lasts: 200, size: 1 })],
    });
    expect([record.holder, record.state, record.epoch]).toEqual([STANDBY, 'SERVING', 2]);
  });

  it('it hangs: the agent goes on, and is done once RDS answers', async () => {
    const { record } = await incident({
      faults: [homeDies(40), fault('RDS hangs', 100, { where: STANDBY, lasts: 120, size: 1 })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('the replica is backing-up: it is waited for', async () => {
    const { record, when } = await incident({
      faults: [homeDies(40), fault('backing up', 90, { where: STANDBY, lasts: 150 })],
    });
    expect(record.holder).toBe(STANDBY);
    expect(when('PROMOTING')).toBeGreaterThan(240);
  });
});
