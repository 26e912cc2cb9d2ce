import { otherRole } from '../../../lib/config/names';
import type { Role } from '../../../lib/config/platform';
import {
  neverTwoOpen,
  neverTwoWriters,
  nothingUnexplained,
  protectedAgain,
  readsSeeWrites,
} from '../expectations';
import type { Scenario, Stage } from '../scenario';
import { bringBack } from './bring-back';

/** For so long the replica gets nothing, before the region that leads is gone: below what a standby may lag behind. */
const BEHIND_SECONDS = 8;

export const failback: Scenario = {
  name: 'failback',
  says: 'The region that was left comes back with its old database. It takes no writes, is put away, and a new replica takes its place; the lead stays where it is. What the new side lacks is salvaged. Where no region was left, the one that leads is lost first.',
  async steps(stage) {
    if (!wasLeft(stage, otherRole(stage.leader()))) await loseTheLeader(stage);
    const leader = stage.leader();
    const other = otherRole(leader);
    const missing = await stage.missing();
    if (stage.world.network.isLost(stage.world.region(other))) {
      stage.note(`${stage.world.region(other)} (${other}) is back, with the database that led before.`);
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
    stage.judge({
      name: 'The lead stays where it is while the other region is rebuilt',
      held: stage.leader() === leader,
      found: `${leader} led before, ${stage.leader()} leads afterwards`,
    });
    if (missing.length > 0) await bringBack(stage, missing);
    else stage.note('No acknowledged write is missing: there is nothing to salvage.');
    await stage.pass(40);
  },
  expect: [protectedAgain, neverTwoOpen, neverTwoWriters, readsSeeWrites, nothingUnexplained],
};

/** Whether an earlier scenario has left a region: it is gone, or has a database that led before. */
const wasLeft = ({ world, now }: Stage, side: Role): boolean =>
  world.network.isLost(world.region(side)) || now().databases[side].role === 'primary';

/** The region that leads is lost while the other one lacks its last writes. */
async function loseTheLeader(stage: Stage): Promise<void> {
  const { world } = stage;
  const left = stage.leader();
  const other = otherRole(left);
  await stage.pass(40);
  stage.note(`Nothing from ${world.region(left)} reaches ${world.region(other)} for ${BEHIND_SECONDS} s.`);
  await world.cut(left, other);
  await stage.pass(BEHIND_SECONDS);
  stage.trouble(`${world.region(left)} (${left}) is gone.`);
  await world.lose(left);
  await world.join(left, other);
  await stage.until(
    `the database in ${other} takes writes`,
    ({ databases }) => databases[other].open,
    stage.boundSeconds + 300,
  );
  await stage.until(`the public name leads to ${other}`, ({ dns }) => dns === other, 180);
  await stage.pass(60);
}
