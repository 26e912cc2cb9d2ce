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
  writableWithinTheBound,
} from '../expectations';
import type { Scenario } from '../scenario';

export const regionLoss: Scenario = {
  name: 'region-loss',
  says: 'The region that leads disappears, with its database, its tasks, its functions and all ways to it. The other one takes over by itself.',
  async steps(stage) {
    const left = stage.leader();
    const other = otherRole(left);
    await stage.pass(40);
    stage.trouble(`${stage.world.region(left)} (${left}) is gone.`);
    await stage.world.lose(left);
    await stage.until(
      `the database in ${other} takes writes`,
      ({ databases }) => databases[other].open,
      stage.boundSeconds + 300,
    );
    await stage.until(`the public name leads to ${other}`, ({ dns }) => dns === other, 180);
    // Resolvers keep what they were told for a minute.
    await stage.pass(120);
  },
  expect: [
    writableWithinTheBound,
    neverTwoOpen,
    neverTwoWriters,
    readsSeeWrites,
    nothingUnexplained,
    archiveKeptUp,
    noJobTwice,
    jobsBeforeAndAfter,
    servedByTheOther,
  ],
};
