import { type Ended, pause } from '../recover/telling';
import { tablesMadeSince } from './check/changed';
import { shortened } from './check/finding';
import type { ImportWork } from './ports';
import { progressOf, progressSentence } from './progress';
import { connectServers, publish } from './replication';
import { type ImportState, stageOf, stateOf } from './state';
import { filledOf, tablesOf } from './tables';

const POLL_MS = 1_000;
/** Near enough that a cut-over waits for seconds. */
export const NEAR_BYTES = 1024 * 1024;

/**
 * Begins to copy, or goes on, and follows it until every table is there and the rest comes as it is written. Ending the
 * wait ends nothing else.
 */
export async function follow(work: ImportWork): Promise<Ended> {
  const { source, target, conninfo, manner, tell } = work;
  const state = await stateOf(source, target);
  const stage = stageOf(state);
  if (stage !== 'prepared' && stage !== 'following') return notNow(stage);
  if (!state.target.locked) {
    return refused('The new database is not locked against the application; say prepare again.');
  }
  const obstacle = await obstacleOf(work, state);
  if (obstacle !== undefined) return refused(obstacle);
  if (manner.dryRun) {
    return {
      outcome: 'would',
      sentences: [
        stage === 'prepared'
          ? `It would publish ${(await tablesOf(source)).length} tables at the old server, make a slot there, and copy them. The slot keeps the log of the old server until the end of the import.`
          : 'It would go on.',
      ],
    };
  }
  if (!state.source.published) await publish(source, await tablesOf(source));
  await connectServers(source, target, state, conninfo);
  tell('The new server copies and follows.');
  return untilNear(work);
}

/** @returns why the copy cannot begin or go on; undefined if nothing stands against it */
async function obstacleOf({ source, target }: ImportWork, state: ImportState): Promise<string | undefined> {
  if (state.target.subscription) {
    const added = await tablesMadeSince(source, target);
    return added.length === 0
      ? undefined
      : `The old database has tables that were made since the import began, and nothing follows them (drop them there, or say back-out and begin again): ${shortened(added)}.`;
  }
  const filled = await filledOf(target, await tablesOf(source));
  return filled.length === 0
    ? undefined
    : `Tables of the new database hold rows already, which the copy would collide with: ${shortened(filled)}.`;
}

async function untilNear({ source, target, manner, tell }: ImportWork): Promise<Ended> {
  let last = '';
  for (;;) {
    const state = await stateOf(source, target);
    const progress = await progressOf(target, state);
    const sentence = progressSentence(progress);
    const ready = progress.tables.length > 0 && progress.tables.every((one) => one.state === 'follows');
    if (ready && state.source.slot?.active === true && progress.behindBytes <= NEAR_BYTES) {
      await target.query('ANALYZE');
      return {
        outcome: 'done',
        sentences: [
          sentence,
          'Next: npx holdfast database import cutover, when the application may stand still for a moment.',
        ],
        result: progress,
      };
    }
    if (sentence !== last) tell(sentence);
    last = sentence;
    await pause(manner, POLL_MS);
  }
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });

const notNow = (stage: string): Ended =>
  refused(
    stage === 'nothing'
      ? 'Nothing is prepared yet: say npx holdfast database import prepare first.'
      : `The import is beyond that: ${stage}. npx holdfast database import status says what comes next.`,
  );
