import { databaseIdentifier } from '../../../lib/config/names';
import { addedByTheArchive, untilArchived } from '../archive';
import {
  failedAfterOneRetry,
  neverTwoOpen,
  neverTwoWriters,
  nobodyMoved,
  nothingLost,
  readsSeeWrites,
} from '../expectations';
import { withinOneSecond } from '../fresh-second';
import { NOTES, Notes } from '../notes';
import type { Scenario, Stage } from '../scenario';

const ROWS = 40;

export const restore: Scenario = {
  name: 'restore',
  says: 'The owner drops a table by accident. An operator brings the database of the moment before it back as a copy, with what only the archive has, and takes the rows of the table back.',
  async steps(stage) {
    const { world } = stage;
    const notes = new Notes(world, stage.leader());
    await notes.create();
    await stage.pass(20);
    // RDS restores whole seconds: what was written in the second of the time, only the archive has.
    const { done, time } = await withinOneSecond(() => notes.add(ROWS));
    const before = done.flat();
    await stage.pass(4);
    const after = await notes.add(ROWS);
    stage.trouble(`The owner drops a table with ${before.length + after.length} rows.`);
    await notes.drop();
    await untilArchived(stage, time);
    const name = `before-${Date.now().toString(36)}`;
    stage.note(`An operator asks for the database of ${time}, as ${name}.`);
    const printed = await stage.holdfast('restore', '--to', time, '--into', name, '--tables', NOTES);
    const added = addedByTheArchive(printed);
    stage.judge({
      name: 'The archive added what a backup of whole seconds does not have',
      held: added > 0,
      found: `${added} transactions were added to the backup`,
    });
    const count = (rows: ReadonlySet<string>): readonly (readonly [number, number])[] =>
      [before, after].map((ids) => [ids.filter((id) => rows.has(id)).length, ids.length] as const);
    judgeRows(
      stage,
      'The restored copy has every row of its time',
      count(await notes.rowsIn(copyOf(stage, name))),
    );
    stage.note('An operator takes the rows back, by INSERT ... SELECT.');
    await notes.takeBack(`restored_${name.replaceAll('-', '_')}`);
    judgeRows(stage, 'The database that leads has the rows again', count(await notes.rows()));
    await stage.pass(20);
  },
  expect: [failedAfterOneRetry(0), nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites, nobodyMoved],
};

/** @param counts those of the time, and later ones: found, of how many */
function judgeRows(stage: Stage, what: string, counts: readonly (readonly [number, number])[]): void {
  const [[present, all] = [0, 0], [later] = [0, 0]] = counts;
  stage.judge({
    name: `${what}, and none that came later`,
    held: present === all && all > 0 && later === 0,
    found: `${present} of ${all} rows of the time are in it, and ${later} later ones`,
  });
}

function copyOf({ world }: Stage, name: string) {
  const host = `${databaseIdentifier(world.platform)}-restore-${name}.`;
  const copy = world.aws.databases.list().find((one) => one.host.startsWith(host));
  if (!copy) throw new Error(`There is no restored copy ${name}.`);
  return copy;
}
