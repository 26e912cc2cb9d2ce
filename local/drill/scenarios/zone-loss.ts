import {
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
  readsSeeWrites,
  writesPausedAtMost,
} from '../expectations';
import type { Scenario } from '../scenario';

const ZONES = 3;

export const zoneLoss: Scenario = {
  name: 'zone-loss',
  says: 'A zone of the region that leads fails: a third of its tasks die at once and are not replaced for a while, and the database fails over to another zone. The lead stays where it is.',
  async steps(stage) {
    const leader = stage.leader();
    const region = stage.world.region(leader);
    const fleet = stage.world.fleet(leader);
    const { databases } = stage.world.aws;
    await stage.pass(20);
    const dying = fleet.list().filter((_, number) => number % ZONES === 0);
    stage.trouble(`A zone of ${region} fails, with ${dying.length} tasks and the database that leads.`);
    fleet.hold();
    try {
      for (const task of dying) task.kill();
      await databases.lose(region);
      await stage.pass(60);
      await databases.regain(region);
      stage.note('The database is back under the same name, in another zone.');
      await stage.until(`the database in ${leader} takes writes`, (now) => now.databases[leader].open, 180);
      await stage.pass(40);
    } finally {
      fleet.release();
    }
    stage.note('There is room for new tasks again.');
    await stage.until('every service has its tasks again', () => fleet.isComplete, 240);
    await stage.pass(40);
  },
  expect: [nobodyMoved, nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites, writesPausedAtMost(240)],
};
