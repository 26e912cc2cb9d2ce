import { describe, expect, it } from '@jest/globals';
import { FOR_GOOD, fault, HOME, incident, STANDBY, WITNESS } from './incident';

const dies = (at: number, lasts = FOR_GOOD) => fault('region dies', at, { where: HOME, lasts });

describe('home is lost', () => {
  it('home dies: the standby takes writes within T + 2E + 35 s and the promotion', async () => {
    const { firstCommit, states } = await incident({ faults: [dies(40)] });
    const [claimed] = states.slice(1);
    expect(claimed).toBe(`CLAIMED ${STANDBY} 2`);
    expect(firstCommit(STANDBY)).toBeLessThan(40 + 60 + 10 + 35 + 60);
  });

  it.each([60, 90, 115])(
    "home's application is down %i s before home dies: a drain that nobody can do any more holds nothing up",
    async (before) => {
      const died = 30 + before;
      const { firstCommit } = await incident({
        settings: { failOverOnApplicationOutage: true },
        faults: [fault('application down', 30, { where: HOME, lasts: 600 }), dies(died)],
      });
      expect(firstCommit(STANDBY)).toBeLessThan(died + 60 + 10 + 35 + 60);
    },
  );

  it('home is cut off from everything but its users: it stops before the standby starts', async () => {
    const { firstCommit, lastCommit, when, signals } = await incident({
      faults: [fault('region cut off', 40, { where: HOME, lasts: 400 })],
    });
    expect(lastCommit(HOME)).toBeLessThan(40 + 60 + 10);
    expect(when('CLAIMED')).toBeGreaterThan(lastCommit(HOME) ?? 0);
    expect(firstCommit(STANDBY)).toBeGreaterThan(lastCommit(HOME) ?? 0);
    expect(signals).toContain('leaseNotRenewed');
  });

  it('users who never ask DNS again write to home for as long as it has a lease, and no longer', async () => {
    const { lastCommit, simulation } = await incident({
      faults: [fault('region cut off', 40, { where: HOME, lasts: 600 })],
    });
    expect(simulation.network.connects('users', HOME)).toBe(true);
    expect(lastCommit(HOME)).toBeLessThan(110);
  });

  it('the witness dies, then home: nobody can claim until one of them is back', async () => {
    const { when, record } = await incident({
      faults: [fault('region dies', 20, { where: WITNESS, lasts: 280 }), dies(40)],
    });
    expect(when('CLAIMED')).toBeGreaterThan(300);
    expect(record.holder).toBe(STANDBY);
  });

  it('the witness dies alone: home serves on', async () => {
    const { states, lastCommit, outcome } = await incident({
      faults: [fault('region dies', 20, { where: WITNESS, lasts: 300 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it.each([10, 30, 60])(
    'home flaps every %i s: it moves once at most, and one region serves',
    async (period) => {
      const flaps = Array.from({ length: 12 }, (_, index) => dies(20 + index * period, period / 2));
      const { record, states } = await incident({ faults: flaps });
      expect(record.epoch).toBeLessThanOrEqual(2);
      expect(states.at(-1)).toBe(`SERVING ${record.holder} ${record.epoch}`);
    },
  );

  it('a partition of 43 s between the regions, as in October 2018: nothing moves and nothing is lost', async () => {
    const { states, lastCommit, outcome } = await incident({
      faults: [fault('region cut off', 30, { where: HOME, lasts: 43 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it('home comes back after a takeover: it gets neither traffic nor writes', async () => {
    const { lastCommit, simulation, record, sentences } = await incident({ faults: [dies(40, 300)] });
    expect(record.holder).toBe(STANDBY);
    expect(lastCommit(HOME)).toBeLessThan(41);
    expect(simulation.dns.resolve()).toBe(STANDBY);
    expect(
      sentences.some((one) => one.includes(`${HOME} was left`) && one.includes('holdfast failback')),
    ).toBe(true);
  });

  it('home comes back, is lost again, comes back: nothing returns by itself', async () => {
    const { record, simulation } = await incident({ faults: [dies(40, 260), dies(330, 60), dies(420, 60)] });
    expect([record.holder, record.epoch]).toEqual([STANDBY, 2]);
    expect(simulation.dns.resolve()).toBe(STANDBY);
  });

  it('home dies while its replica is 2 minutes behind: nobody takes over, and the gate says why', async () => {
    const { record, signals, sentences } = await incident({
      faults: [fault('replica receives late', 1, { where: STANDBY, lasts: 900, size: 200_000 }), dies(150)],
    });
    expect([record.holder, record.state]).toEqual([HOME, 'SERVING']);
    expect(signals).toContain('gateRefused');
    expect(sentences.some((one) => one.includes('the gate is 60 s'))).toBe(true);
  });

  it('home dies with a replica far behind, and a person accepts the loss: the standby serves', async () => {
    const { record } = await incident({
      faults: [
        fault('replica receives late', 1, { where: STANDBY, lasts: 900, size: 200_000 }),
        dies(150),
        fault('failover', 320),
      ],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
    expect(record.history.at(-1)?.reason).toBe('forced');
  });

  it('a frozen platform loses home: nobody takes over until it is thawed', async () => {
    const { when, record } = await incident({ faults: [fault('freeze', 20), dies(40), fault('thaw', 300)] });
    expect(when('CLAIMED')).toBeGreaterThan(300);
    expect(record.holder).toBe(STANDBY);
  });

  it('both regions are lost, and the standby comes back first: it takes over', async () => {
    const { record } = await incident({
      faults: [dies(40), fault('region dies', 60, { where: STANDBY, lasts: 200 })],
    });
    expect([record.holder, record.state]).toEqual([STANDBY, 'SERVING']);
  });

  it('the standby dies in the middle of its promotion: it goes on when it is back', async () => {
    const { record, states } = await incident({
      promotionSeconds: 120,
      faults: [dies(40), fault('region dies', 170, { where: STANDBY, lasts: 60 })],
    });
    expect(states).toContain(`PROMOTING ${STANDBY} 2`);
    expect([record.holder, record.state, record.epoch]).toEqual([STANDBY, 'SERVING', 2]);
  });
});
