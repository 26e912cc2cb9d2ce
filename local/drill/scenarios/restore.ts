import { databaseIdentifier } from '../../../lib/config/names';
import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
} from '../expectations';
import { Notes } from '../notes';
import type { Scenario } from '../scenario';

const ROWS = 40;

export const restore: Scenario = {
  name: 'restore',
  says: 'The owner drops a table by accident. An operator brings the database of the moment before it back as a copy, beside the one that goes on to be written.',
  async steps(stage) {
    const { world } = stage;
    const notes = new Notes(world, stage.leader());
    await notes.create();
    await stage.pass(20);
    const before = await notes.add(ROWS);
    // A commit is known to the microsecond, the clock here to the millisecond.
    await stage.pass(1);
    const time = new Date().toISOString();
    await stage.pass(4);
    const after = await notes.add(ROWS);
    stage.trouble(`The owner drops a table with ${before.length + after.length} rows.`);
    await notes.drop();
    const name = `before-${Date.now().toString(36)}`;
    stage.note(`An operator asks for the database of ${time}, as ${name}.`);
    await stage.holdfast('restore', '--to', time, '--into', name);
    const host = `${databaseIdentifier(world.platform)}-restore-${name}.`;
    const copy = world.aws.databases.list().find((one) => one.host.startsWith(host));
    if (!copy) throw new Error(`There is no restored copy ${name}.`);
    const rows = await notes.rowsIn(copy);
    const [present, later] = [before, after].map((ids) => ids.filter((id) => rows.has(id)).length);
    stage.judge({
      name: 'The restored copy has every row of its time, and none that came later',
      held: present === before.length && later === 0,
      found: `${present} of ${before.length} rows of the time are in it, and ${later} later ones`,
    });
    await stage.pass(20);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, nobodyMoved],
};
