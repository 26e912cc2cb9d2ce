import type { Ended } from '../recover/telling';
import { compare } from './compare';
import { emptyLocked, lockTables, unlockTables } from './lock';
import { PUBLICATION, SLOT } from './names';
import type { BackOutOptions, ImportWork } from './ports';
import { allowWrites } from './read-only';
import { copySlots, dropSlots, unpublish, unsubscribe } from './replication';
import { type ImportState, type Stage, stageOf, stateOf } from './state';
import { lockedAt, tablesOf } from './tables';

/**
 * Takes an import back. Before the cut-over nothing is lost by it: the old server has everything. Afterwards it refuses if
 * the new server holds anything that the old one lacks, unless somebody accepts that loss.
 */
export async function backOut(work: ImportWork, options: BackOutOptions): Promise<Ended> {
  const { source, target, manner } = work;
  const state = await stateOf(source, target);
  const stage = stageOf(state);
  if (stage === 'nothing') return { outcome: 'done', sentences: ['There is no import to take back.'] };
  if (stage === 'backed out') return { outcome: 'done', sentences: [BACKED_OUT] };
  if (stage === 'left over') return { outcome: 'refused', sentences: LEFT_OVER };
  if (stage === 'cut over') {
    const obstacle = await wouldLose(work, options);
    if (obstacle) return obstacle;
  }
  if (manner.dryRun) return { outcome: 'would', sentences: [planned(state)] };
  if (isAfter(stage)) return backOutAfter(work, options);
  return backOutBefore(work, state);
}

const BACKED_OUT =
  'The old server takes writes again. The new database keeps its rows and refuses the application; to begin anew, as the owner: DROP SCHEMA holdfast_import CASCADE, TRUNCATE the tables, then prepare.';

const LEFT_OVER = [
  'The old server has publication or slot of an import, and the new database has neither its lock nor its subscription: the import was cut over, or it went into another database (is --platform right?).',
  'Nothing was changed, because the rows of the new database may be the only ones.',
  `If that import is over, end it at the old server: DROP PUBLICATION IF EXISTS ${PUBLICATION}; SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${SLOT}';`,
];

const isAfter = (stage: Stage): boolean => stage === 'cut over' || stage === 'backing out';

function planned(state: ImportState): string {
  if (isAfter(stageOf(state)))
    return 'It would lock the new database against the application and let the old one take writes again.';
  const emptied = state.target.locked ? 'empty the tables of the import in the new database, ' : '';
  return `It would end the copy, ${emptied}and remove publication and slot from the old server, which takes writes as before.`;
}

async function backOutBefore({ source, target, tell }: ImportWork, state: ImportState): Promise<Ended> {
  // Before anything else: without its subscription a cut-over looks as if it only had to be ended.
  if (stageOf(state) === 'cutting over') await allowWrites(source);
  const copies = await copySlots(target);
  await unsubscribe(target);
  await dropSlots(source, copies);
  tell('The copy has ended, and nothing holds the log of the old server.');
  await unpublish(source);
  if (state.target.locked) {
    const imported = new Set(await tablesOf(source));
    await emptyLocked(
      target,
      (await tablesOf(target)).filter((table) => imported.has(table)),
    );
  }
  return {
    outcome: 'done',
    sentences: [
      'The old server is as before, and takes the writes.',
      state.target.locked
        ? 'The tables of the import are empty in the new database; their schema is left.'
        : 'The new database was not locked, so its rows may be others than those of the import, and are left.',
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
  await lockTables(target, await lockedAt(source, target), true);
  const obstacle = await wouldLose(work, options);
  if (obstacle) {
    await unlockTables(target);
    return obstacle;
  }
  await allowWrites(source);
  await unpublish(source);
  return { outcome: 'done', sentences: [BACKED_OUT, 'Send the traffic back to the old server.'] };
}
