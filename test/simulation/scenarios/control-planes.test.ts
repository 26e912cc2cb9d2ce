import { describe, expect, it } from '@jest/globals';
import { FOR_GOOD, fault, HOME, incident, STANDBY } from './incident';

describe('what surrounds the databases is in trouble', () => {
  it('the table is down everywhere: home closes by time, nobody moves, and it reopens', async () => {
    const { states, simulation, lastCommit, outcome } = await incident({
      faults: [fault('table down everywhere', 40, { lasts: 300 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    const silent = simulation.commits.filter(({ atMs }) => atMs > 120_000 && atMs < 330_000);
    expect(silent).toEqual([]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it("home's replica of the table is down: home reaches the table through another region", async () => {
    const { states, lastCommit, outcome } = await incident({
      faults: [fault('replica of the table down', 40, { where: HOME, lasts: 300 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it('every write of the table loses its answer: the nonce tells, and nothing moves', async () => {
    const { states, simulation } = await incident({
      faults: [fault('writes time out after committing', 40, { lasts: 200, size: 1 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    const silent = simulation.commits.filter(({ atMs }) => atMs > 130_000 && atMs < 230_000);
    expect(silent.length).toBeGreaterThan(50);
  });

  it("us-east-1's control planes are down: home serves on", async () => {
    const { states, lastCommit, outcome } = await incident({
      faults: [fault('control planes down', 30, { where: HOME, lasts: 300 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(lastCommit(HOME)).toBeGreaterThan(outcome.simulatedSeconds - 10);
  });

  it("us-east-1's control planes are down, and then home dies: the standby takes over without them", async () => {
    const { record, firstCommit } = await incident({
      faults: [
        fault('control planes down', 20, { where: HOME, lasts: FOR_GOOD }),
        fault('region dies', 40, { where: HOME, lasts: FOR_GOOD }),
      ],
    });
    expect(record.holder).toBe(STANDBY);
    expect(firstCommit(STANDBY)).toBeLessThan(40 + 60 + 10 + 35 + 60);
  });

  it('all health checkers lie: traffic goes astray, and writes do not', async () => {
    const { record, firstCommit, simulation } = await incident({
      faults: [fault('false answers of health checks', 20, { lasts: 300, size: 1 })],
    });
    expect(simulation.faults.get('false answer of a health check')).toBeGreaterThan(20);
    expect([record.holder, record.epoch]).toEqual([HOME, 1]);
    expect(firstCommit(STANDBY)).toBeUndefined();
  });

  it('no task starts in the standby while home is lost: its database takes writes all the same', async () => {
    const { record, simulation } = await incident({
      faults: [
        fault('tasks do not start', 30, { where: STANDBY, lasts: 600 }),
        fault('region dies', 40, { where: HOME, lasts: FOR_GOOD }),
      ],
    });
    expect(record.holder).toBe(STANDBY);
    expect(simulation.sides[STANDBY].rds.server?.takesWrites()).toBe(true);
  });

  it("only home's application is down: a person is told, and nothing moves", async () => {
    const { states, signals } = await incident({
      faults: [fault('application down', 30, { where: HOME, lasts: 400 })],
    });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(signals).toContain('applicationOutage');
  });

  it("only home's application is down, and the platform file wants a move: it is a planned one that loses nothing", async () => {
    const { record, outcome } = await incident({
      settings: { failOverOnApplicationOutage: true },
      faults: [fault('application down', 30, { where: HOME, lasts: 500 })],
    });
    expect(record.holder).toBe(STANDBY);
    expect(record.history.at(-1)?.reason).toBe('application-outage');
    expect(outcome.switchovers).toMatchObject({ done: 1, lost: 0 });
  });

  it.each([5, 6, 7, 8])(
    'home dies for a while %i s after its first deployment: one region serves in the end',
    async (at) => {
      const { record } = await incident({
        seed: 42,
        firstDeployment: true,
        faults: [fault('region dies', at + 0.125, { where: HOME, lasts: 200 })],
      });
      expect(record.state).toBe('SERVING');
    },
  );

  it('a first deployment begins at home and never failed over', async () => {
    const { states, simulation } = await incident({ firstDeployment: true, faults: [] });
    expect(states).toEqual([`SERVING ${HOME} 1`]);
    expect(simulation.dns.resolve()).toBe(HOME);
  });
});
