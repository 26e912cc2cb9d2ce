import { otherRole } from '../../../lib/config/names';
import {
  archiveKeptUp,
  jobsBeforeAndAfter,
  neverTwoOpen,
  neverTwoWriters,
  noJobTwice,
  nothingUnexplained,
  readsSeeWrites,
  servedByTheOther,
  somethingSalvaged,
  writableWithinTheBound,
} from '../expectations';
import type { Scenario } from '../scenario';

export const partition: Scenario = {
  name: 'partition',
  says: 'The region that leads is cut off from the other two, and goes on to run: its users still reach it. It must stop writing before the other one begins.',
  async steps(stage) {
    const left = stage.leader();
    const other = otherRole(left);
    await stage.pass(40);
    stage.trouble(
      `${stage.world.region(left)} (${left}) is cut off from the other regions; its users still reach it.`,
    );
    await Promise.all([stage.world.cut(left, other), stage.world.cut(left, 'witness')]);
    await stage.until(
      `the database in ${other} takes writes`,
      ({ databases }) => databases[other].open,
      stage.boundSeconds + 300,
    );
    await stage.until(`the public name leads to ${other}`, ({ dns }) => dns === other, 180);
    await stage.pass(60);
    stage.note('The network is whole again.');
    await Promise.all([stage.world.join(left, other), stage.world.join(left, 'witness')]);
    await stage.pass(80);
  },
  expect: [
    writableWithinTheBound,
    neverTwoOpen,
    neverTwoWriters,
    readsSeeWrites,
    nothingUnexplained,
    archiveKeptUp,
    somethingSalvaged,
    noJobTwice,
    jobsBeforeAndAfter,
    servedByTheOther,
  ],
};
