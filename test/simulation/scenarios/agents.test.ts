import { describe, expect, it } from '@jest/globals';
import { FOR_GOOD, fault, HOME, incident, SIDES, STANDBY } from './incident';

describe('the agents are in trouble', () => {
  it("only the agent's function is broken at home: its lease runs out, and the standby takes over", async () => {
    const { record, lastCommit, firstCommit } = await incident({
      faults: [fault('agent broken', 40, { where: HOME, lasts: 400 })],
    });
    expect(record.holder).toBe(STANDBY);
    expect(firstCommit(STANDBY)).toBeGreaterThan(lastCommit(HOME) ?? 0);
  });

  it("only the watchers fail: nothing moves while home's agents renew", async () => {
    const { states } = await incident({
      faults: [fault('agent broken', 20, { where: STANDBY, lasts: 400 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
  });

  it('the standby cannot read the table for longer than a watch: it claims nothing when it can again', async () => {
    const { states } = await incident({
      faults: [fault('region cut off', 20, { where: STANDBY, lasts: 200 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
  });

  it('every start comes twice in both regions: one takeover, one epoch', async () => {
    const twice = SIDES.map((where) => fault('starts doubled', 1, { where, lasts: FOR_GOOD, size: 1 }));
    const { record } = await incident({
      faults: [...twice, fault('region dies', 130, { where: HOME, lasts: FOR_GOOD })],
    });
    expect([record.holder, record.epoch]).toEqual([STANDBY, 2]);
  });

  it('agents die at every seventh step in both regions while home is lost: the standby serves in the end', async () => {
    const dying = SIDES.map((where) => fault('runs killed', 1, { where, lasts: 500, size: 0.14 }));
    const { record } = await incident({
      faults: [...dying, fault('region dies', 60, { where: HOME, lasts: FOR_GOOD })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it("home's agents stand still for 45 s: the lease holds, and nothing moves", async () => {
    const { states, lastCommit, outcome } = await incident({
      faults: [fault('agent frozen', 40, { where: HOME, lasts: 45 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it("home's agents stand still for 100 s: it never writes beside the standby, whatever they do when they go on", async () => {
    const { record, lastCommit, firstCommit } = await incident({
      faults: [
        fault('agent broken', 39, { where: HOME, lasts: 300 }),
        fault('agent frozen', 38, { where: HOME, lasts: 100 }),
      ],
    });
    if (record.holder === STANDBY) expect(firstCommit(STANDBY)).toBeGreaterThan(lastCommit(HOME) ?? 0);
    expect(record.state).toBe('SERVING');
  });

  it("the clocks of home's and the standby's hosts jump by ten minutes: nothing moves", async () => {
    const { states } = await incident({
      faults: SIDES.map((where) => fault('clock of the agents stepped', 40, { where, size: 600_000 })),
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
  });

  it('a deploy during a failover: the old and the new version end it together', async () => {
    const { record } = await incident({
      promotionSeconds: 120,
      faults: [
        fault('region dies', 40, { where: HOME, lasts: FOR_GOOD }),
        fault('deploy', 150, { where: STANDBY, size: 30 }),
      ],
    });
    expect([record.holder, record.state, record.epoch]).toEqual([STANDBY, 'SERVING', 2]);
  });

  it('the survivor is deployed while home is gone: it serves on', async () => {
    const { record, lastCommit, outcome } = await incident({
      faults: [
        fault('region dies', 40, { where: HOME, lasts: FOR_GOOD }),
        fault('deploy', 240, { where: STANDBY, size: 30 }),
      ],
    });
    expect(record.holder).toBe(STANDBY);
    expect(lastCommit(STANDBY)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it('home is lost right after a deploy shortened its lease: the longer lease is waited for', async () => {
    const { when, lastCommit } = await incident({
      faults: [
        fault('deploy', 36, { where: HOME, size: 25 }),
        fault('deploy', 36, { where: STANDBY, size: 25 }),
        fault('region cut off', 40, { where: HOME, lasts: 400 }),
      ],
    });
    expect(when('CLAIMED')).toBeGreaterThan(lastCommit(HOME) ?? 0);
  });

  it("home's agent may no longer write the table: it stops, and nobody else starts beside it", async () => {
    const { firstCommit, lastCommit, record } = await incident({
      faults: [fault('writes denied', 40, { where: HOME, lasts: 500 })],
    });
    expect(record.holder).toBe(STANDBY);
    expect(firstCommit(STANDBY)).toBeGreaterThan(lastCommit(HOME) ?? 0);
  });
});
