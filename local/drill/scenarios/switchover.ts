import { otherRole } from '../../../lib/config/names';
import {
  neverTwoOpen,
  neverTwoWriters,
  nothingLost,
  readsSeeWrites,
  servedByTheOther,
  writesPausedAtMost,
} from '../expectations';
import type { Scenario } from '../scenario';

export const switchover: Scenario = {
  name: 'switchover',
  says: 'An operator moves the lead to the other region, under load. No acknowledged write may be lost.',
  async steps(stage) {
    const other = otherRole(stage.leader());
    await stage.pass(40);
    stage.trouble(`An operator asks for a switchover to ${other}.`);
    await stage.holdfast('switchover', '--reason', 'drill');
    await stage.until(`the public name leads to ${other}`, ({ dns }) => dns === other, 180);
    await stage.pass(100);
  },
  expect: [
    neverTwoOpen,
    neverTwoWriters,
    readsSeeWrites,
    nothingLost,
    servedByTheOther,
    writesPausedAtMost(300),
  ],
};
