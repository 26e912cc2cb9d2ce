import { describe, expect, it } from '@jest/globals';
import { databaseSnapshotName } from '../../../lambda/backup/names';
import { HOME, STANDBY } from './support/settings';
import { CALM, type Chances, Simulation, seeded } from './support/simulation';

const HOUR_MS = 3_600_000;
const ROUGH: Chances = {
  refused: 0.05,
  lost: 0.03,
  crash: 0.02,
  missed: 0.03,
  twice: 0.05,
  failed: 0.08,
};
/** HOLDFAST_SEEDS=100 runs more of them; a failure names its seed. */
const SEEDS = Array.from({ length: Number(process.env.HOLDFAST_SEEDS ?? 2) }, (_, index) => index + 1);

const namesIn = (simulation: Simulation, region: string): string[] =>
  simulation
    .at(region)
    .all()
    .map(({ name }) => name)
    .sort();

/** Minutes after midnight in UTC shortly before which a move is likeliest: those of the schedules. */
const DUE_MINUTES = [2 * 60, 12 * 60 + 30];

function chanceOfMove(nowMs: number): number {
  const minute = (nowMs / 60_000) % (24 * 60);
  return DUE_MINUTES.some((due) => minute >= due - 15 && minute <= due) ? 1 / 15 : 1 / 700;
}

/** Now and then a region is cut off, and the lead moves, with half an hour in which it is on its way. */
function trouble(seed: number): (simulation: Simulation) => void {
  const random = seeded(seed * 7919);
  let settledAt = Number.POSITIVE_INFINITY;
  return (simulation) => {
    const { nowMs } = simulation;
    if (nowMs >= settledAt) {
      settledAt = Number.POSITIVE_INFINITY;
      simulation.move();
      simulation.setState(random() < 0.5 ? 'PROTECTED' : 'REBUILDING');
    } else if (settledAt === Number.POSITIVE_INFINITY && random() < chanceOfMove(nowMs)) {
      simulation.setState(random() < 0.5 ? 'DRAINING' : 'PROMOTING');
      settledAt = nowMs + HOUR_MS / 2;
    } else if (simulation.record.state === 'REBUILDING' && random() < 1 / 200) {
      simulation.setState('PROTECTED');
    }
    if (random() < 1 / 500) simulation.cut(random() < 0.5 ? HOME : STANDBY, 30 * random());
  };
}

describe('sixty days of starts', () => {
  it.each(SEEDS)(
    'keep what must be kept and come to an end, whatever fails in between (seed %i)',
    async (seed) => {
      const simulation = new Simulation(seed, ROUGH, 30);
      await simulation.days(60, trouble(seed));
      expect(simulation.violations).toEqual([]);
      // Two calm days, and everything is as if nothing had ever gone wrong.
      simulation.chances = CALM;
      if (simulation.record.state !== 'PROTECTED') simulation.setState('PROTECTED');
      await simulation.days(2);
      expect(simulation.violations).toEqual([]);
      expect(namesIn(simulation, HOME)).toEqual(namesIn(simulation, STANDBY));
      const last = simulation.nowMs - (simulation.nowMs % (24 * HOUR_MS)) - 22 * HOUR_MS;
      expect(namesIn(simulation, HOME)).toContain(
        databaseSnapshotName('shop-db', { schedule: 'nightly', dueMs: last }),
      );
    },
  );

  it('leave just what the rule keeps when nothing fails', async () => {
    const simulation = new Simulation(1, CALM, 60);
    await simulation.days(60);
    expect(simulation.violations).toEqual([]);
    const names = namesIn(simulation, STANDBY).filter((name) => name.includes('-nightly-'));
    expect(names.length).toBeLessThanOrEqual(7 + 4 + 12);
    expect(names).toContain('shop-db-backup-nightly-20261130-0200');
    expect(names).toContain('shop-db-backup-nightly-20261213-0200');
    expect(names).not.toContain('shop-db-backup-nightly-20261214-0200');
  });

  it('never touch what a person took, even under one of our names', async () => {
    const simulation = new Simulation(3, CALM, 60);
    const name = 'shop-db-backup-nightly-20261001-0200';
    const foreign = {
      name,
      schedule: 'nightly',
      dueMs: Date.UTC(2026, 9, 1, 2),
      owned: false,
      status: 'available',
      takenMs: 0,
      encrypted: true,
      sizeGib: 100,
      engine: 'postgres',
      keyRegion: HOME,
    };
    simulation.at(HOME).put(foreign);
    await simulation.days(40);
    expect(simulation.violations).toEqual([]);
    expect(simulation.at(HOME).get(name)).toEqual(foreign);
    expect(simulation.at(STANDBY).get(name)).toBeUndefined();
  });

  it('without the other region take backups, remove none, and copy them all worth copying when it is back', async () => {
    const simulation = new Simulation(5, CALM, 60);
    await simulation.days(20);
    const before = namesIn(simulation, HOME);
    simulation.cut(STANDBY, 12 * 24);
    await simulation.days(12);
    expect(namesIn(simulation, HOME)).toEqual(expect.arrayContaining(before));
    expect(namesIn(simulation, HOME).length).toBeGreaterThan(before.length + 20);
    await simulation.days(3);
    expect(simulation.violations).toEqual([]);
    expect(namesIn(simulation, HOME)).toEqual(namesIn(simulation, STANDBY));
    expect(namesIn(simulation, HOME).length).toBeLessThan(before.length + 12);
  });
});
