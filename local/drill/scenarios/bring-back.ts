import { acknowledged } from '../account';
import type { RequestRecord } from '../model';
import { askSalvage, isBeyond, salvageSql } from '../salvage';
import type { Stage } from '../scenario';
import { asOwner, rowsOf } from '../table';

/**
 * Brings back what a loss has left behind, as an operator does: lists it, writes the SQL, and runs it on the database that
 * leads as the owner. Judges that each write is named, and that those that can be had are there.
 * @param missing acknowledged writes that the database that leads does not have
 */
export async function bringBack(stage: Stage, missing: readonly RequestRecord[]): Promise<void> {
  const epoch = missing.reduce((last, one) => Math.max(last, one.epoch ?? 0), 0);
  const ids = new Set(acknowledged(missing).flatMap(({ id }) => id ?? []));
  stage.note(
    `An operator asks what epoch ${epoch} has left behind: ${ids.size} acknowledged writes are missing.`,
  );
  const salvage = await askSalvage(stage.holdfast, { ids, epoch });
  const rest = missing.filter(({ id }) => id !== undefined && !salvage.ids.has(id));
  const unnamed = rest.filter((one) => !isBeyond(salvage, one)).length;
  stage.judge({
    name: 'Salvage lists every write that is missing, or names the time in which it was lost',
    held: unnamed === 0,
    found: `${ids.size} are missing: ${salvage.ids.size} are listed, ${rest.length - unnamed} lost, ${unnamed} not named`,
  });
  if (salvage.ids.size > 0) await apply(stage, salvage.ids, epoch);
}

async function apply(stage: Stage, listed: ReadonlySet<string>, epoch: number): Promise<void> {
  const leader = stage.leader();
  const sql = await salvageSql(stage.holdfast, epoch);
  stage.note(`The owner runs the SQL of salvage in ${leader}.`);
  await asOwner(stage.world, leader, (session) => session.query(sql));
  const rows = await rowsOf(stage.world, leader);
  const back = [...listed].filter((id) => rows.has(id)).length;
  stage.judge({
    name: 'What salvage lists is in the database that leads, once its SQL was run',
    held: back === listed.size,
    found: `${back} of ${listed.size} writes are`,
  });
}
