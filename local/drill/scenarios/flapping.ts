import { otherRole } from '../../../lib/config/names';
import { neverTwoOpen, neverTwoWriters, nobodyMoved, nothingLost, readsSeeWrites } from '../expectations';
import type { Scenario } from '../scenario';

const TIMES = 4;

export const flapping: Scenario = {
  name: 'flapping',
  says: 'The way between the regions goes and comes every few seconds. The lease is renewed in between, and nobody takes over.',
  async steps(stage) {
    const leader = stage.leader();
    const other = otherRole(leader);
    await stage.pass(20);
    stage.trouble('The region that leads is cut off again and again, for a few seconds each time.');
    for (let count = 0; count < TIMES; count += 1) {
      await Promise.all([stage.world.cut(leader, other), stage.world.cut(leader, 'witness')]);
      await stage.pass(16);
      await Promise.all([stage.world.join(leader, other), stage.world.join(leader, 'witness')]);
      await stage.pass(32);
    }
    stage.note('The network stays whole.');
    await stage.pass(60);
  },
  expect: [nobodyMoved, nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites],
};
