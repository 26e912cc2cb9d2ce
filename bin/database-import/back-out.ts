import type { Ended } from '../recover/telling';
import { compare } from './compare';
import { lockTables, unlockTables } from './lock';
import type { BackOutOptions, ImportWork } from './ports';
import { allowWrites } from './read-only';
import { copySlots, dropSlots, unpublish, unsubscribe } from './replication';
import { type Stage, stageOf, stateOf } from './state';
import { tablesOf } from './tables';

/**
 * Takes an import back. Before the cut-over nothing is lost by it: the old server has everything. Afterwards it refuses if
 * the new server holds anything that the old one lacks, unless somebody accepts that loss.
 */
export async function backOut(work: ImportWork, options: BackOutOptions): Promise<Ended> {
  const { source, target, manner } = work;
  const stage = stageOf(await stateOf(source, target));
  if (stage === 'nothing') return { outcome: 'done', sentences: ['There is no import to take back.'] };
  if (stage === 'backed out') return { outcome: 'done', sentences: [BACKED_OUT] };
  if (stage === 'cut over') {
    const obstacle = await wouldLose(work, options);
    if (obstacle) return obstacle;
  }
  if (manner.dryRun) return { outcome: 'would', sentences: [planned(stage)] };
  if (stage === 'cut over' || stage === 'backing out') return backOutAfter(work, options);
  return backOutBefore(work, stage);
}

const BACKED_OUT =
  'The old server takes writes again. The new database keeps its rows and refuses the application; to begin anew, as the owner: DROP SCHEMA holdfast_import CASCADE, TRUNCATE the tables, then prepare.';

const planned = (stage: Stage): string =>
  stage === 'cut over' || stage === 'backing out'
    ? 'It would lock the new database against the application and let the old one take writes again.'
    : 'It would end the copy, empty the tables of the new database, and remove publication and slot from the old server, which takes writes as before.';

async function backOutBefore({ source, target, tell }: ImportWork, stage: Stage): Promise<Ended> {
  // Before anything else: without its subscription a cut-over looks as if it only had to be ended.
  if (stage === 'cutting over') await allowWrites(source);
  const copies = await copySlots(target);
  await unsubscribe(target);
  await dropSlots(source, copies);
  tell('The copy has ended, and nothing holds the log of the old server.');
  await unpublish(source);
  const tables = await tablesOf(target);
  await unlockTables(target, async () => {
    if (tables.length > 0) await target.query(`TRUNCATE ONLY ${tables.join(', ONLY ')}`);
  });
  return {
    outcome: 'done',
    sentences: [
      'The old server is as before, and takes the writes.',
      'The tables of the new database are empty; their schema is left.',
    ],
  };
}

/** @returns why it must not go on; undefined if the old server has everything, or somebody accepts the loss */
async function wouldLose(
  { source, target }: ImportWork,
  { loseWrites }: BackOutOptions,
): Promise<Ended | undefined> {
  if (loseWrites) return undefined;
  const { differences } = await compare(source, target, 'rows');
  if (differences.length === 0) return undefined;
  return {
    outcome: 'refused',
    sentences: [
      'The application has written at the new server since the cut-over, and the old one would be without it:',
      ...differences,
      'Nothing was changed. To go back all the same: --lose-writes. The new database keeps those rows, locked, for somebody to carry them over.',
    ],
  };
}

/**
 * The new database is locked first, so that at no moment both take writes: making the lock waits for everybody who has
 * written to a table and has not ended yet. Then nobody writes anywhere, and what came since the first look is seen too.
 */
async function backOutAfter(work: ImportWork, options: BackOutOptions): Promise<Ended> {
  const { source, target } = work;
  await lockTables(target, true);
  const obstacle = await wouldLose(work, options);
  if (obstacle) {
    await unlockTables(target);
    return obstacle;
  }
  await allowWrites(source);
  await unpublish(source);
  return { outcome: 'done', sentences: [BACKED_OUT, 'Send the traffic back to the old server.'] };
}
