import { otherRole } from '../../../lib/config/names';
import { neverTwoOpen, neverTwoWriters, nobodyMoved, nothingLost, protectedAgain } from '../expectations';
import type { Scenario } from '../scenario';

export const failback: Scenario = {
  name: 'failback',
  says: 'The region that was left comes back with its old database. It takes no writes, is put away, and a new replica takes its place; the lead stays where it is.',
  async steps(stage) {
    const leader = stage.leader();
    const other = otherRole(leader);
    if (stage.world.network.isLost(stage.world.region(other))) {
      stage.trouble(`${stage.world.region(other)} (${other}) is back, with the database that led before.`);
      await stage.world.regain(other);
      await stage.pass(60);
    }
    stage.note(`An operator asks for ${other} to be rebuilt.`);
    await stage.holdfast('failback', '--reason', 'drill');
    await stage.until(
      'the platform is protected again',
      ({ record, databases }) => record?.state === 'PROTECTED' && databases[other].role === 'replica',
      1200,
    );
    await stage.pass(40);
  },
  expect: [protectedAgain, neverTwoOpen, neverTwoWriters, nothingLost, nobodyMoved],
};
