import { describe, expect, it } from '@jest/globals';
import { FOR_GOOD, fault, HOME, incident, STANDBY } from './incident';

describe('a person moves the lead', () => {
  it('a switchover loses no acknowledged commit', async () => {
    const { record, outcome, states } = await incident({ faults: [fault('switchover', 40)] });
    expect(states.slice(0, 4)).toEqual([
      `SERVING ${HOME} 1`,
      `DRAINING ${HOME} 1`,
      `HANDOFF ${HOME} 1`,
      `CLAIMED ${STANDBY} 2`,
    ]);
    expect(record.holder).toBe(STANDBY);
    expect(outcome.switchovers).toMatchObject({ done: 1, lost: 0 });
    expect(outcome.switchovers.acknowledged).toBeGreaterThan(20);
  });

  it('a switchover with a standby that never catches up is given up, and home serves on', async () => {
    const { record, states } = await incident({
      faults: [
        fault('replica replays late', 10, { where: STANDBY, lasts: 600, size: 40_000 }),
        fault('region cut off', 42, { where: STANDBY, lasts: 300 }),
        fault('switchover', 40),
      ],
    });
    expect([record.holder, record.epoch]).toEqual([HOME, 1]);
    expect(states.at(-1)).toBe(`SERVING ${HOME} 1`);
  });

  it('home dies while it drains: the standby takes over', async () => {
    const { record } = await incident({
      faults: [fault('switchover', 40), fault('region dies', 41.5, { where: HOME, lasts: FOR_GOOD })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('home dies after it has handed over: the standby serves, and nothing acknowledged is lost', async () => {
    const { record } = await incident({
      faults: [fault('switchover', 40), fault('region dies', 46, { where: HOME, lasts: FOR_GOOD })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('the agents of home die at every tenth step of a switchover: it ends one way or the other', async () => {
    const { record, outcome } = await incident({
      faults: [fault('switchover', 40), fault('runs killed', 39, { where: HOME, lasts: 120, size: 0.1 })],
    });
    expect(['SERVING', 'PROTECTED']).toContain(record.state);
    expect(outcome.switchovers.lost).toBe(0);
  });

  it('a failback rebuilds home under its own identifier, and leaves the lead where it is', async () => {
    const { record, simulation } = await incident({
      faults: [fault('region dies', 40, { where: HOME, lasts: 260 }), fault('failback', 320)],
    });
    expect([record.holder, record.state, record.epoch]).toEqual([STANDBY, 'PROTECTED', 2]);
    expect([...simulation.sides[HOME].rds.instances.keys()].sort()).toEqual([
      'platform-database',
      'platform-database-quarantine-e1',
    ]);
  });

  it('there and back: switchover, failback, switchover: home leads in epoch 3', async () => {
    const { record, outcome } = await incident({
      faults: [fault('switchover', 30), fault('failback', 240), fault('switchover', 560)],
    });
    expect([record.holder, record.epoch]).toEqual([HOME, 3]);
    expect(outcome.switchovers).toMatchObject({ done: 2, lost: 0 });
  });

  it('home dies while it is being rebuilt: the standby serves, and the rebuilding goes on afterwards', async () => {
    const { record } = await incident({
      faults: [
        fault('region dies', 40, { where: HOME, lasts: 260 }),
        fault('failback', 320),
        fault('region dies', 400, { where: HOME, lasts: 100 }),
      ],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'PROTECTED']);
  });

  it('the new leader dies within an hour of its takeover: the rebuilt side does not take over by itself', async () => {
    const { record, signals } = await incident({
      faults: [
        fault('region dies', 40, { where: HOME, lasts: 260 }),
        fault('failback', 320),
        fault('region dies', 700, { where: STANDBY, lasts: 200 }),
      ],
    });
    expect([record.holder, record.epoch]).toEqual([STANDBY, 2]);
    expect(signals).toContain('gateRefused');
  });

  it('the side that was left cannot take over before it is rebuilt', async () => {
    const { record } = await incident({
      faults: [
        fault('region dies', 40, { where: HOME, lasts: 260 }),
        fault('region dies', 340, { where: STANDBY, lasts: 300 }),
      ],
    });
    expect([record.holder, record.epoch]).toEqual([STANDBY, 2]);
  });

  it('a person forces the lead to the standby while home lives: home closes first', async () => {
    const { record, firstCommit, lastCommit } = await incident({ faults: [fault('failover', 40)] });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
    expect(firstCommit(STANDBY)).toBeGreaterThan(lastCommit(HOME) ?? 0);
  });

  it('a frozen platform keeps renewing its lease', async () => {
    const { states, lastCommit, outcome } = await incident({ faults: [fault('freeze', 20)] });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });
});
