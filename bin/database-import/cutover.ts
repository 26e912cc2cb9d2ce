import { text } from '../../lambda/archive/restore/rows';
import { sentenceOf } from '../../lambda/runtime/errors';
import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { transaction } from '../../lambda/runtime/postgres/transaction';
import { type Ended, Interrupted, pause } from '../recover/telling';
import { tablesMadeSince } from './check/changed';
import { shortened } from './check/finding';
import { type Comparison, compare } from './compare';
import { NEAR_BYTES } from './follow';
import { unlockTables } from './lock';
import { SLOT } from './names';
import type { CutOverOptions, ImportWork } from './ports';
import { bytesText, progressOf, progressSentence } from './progress';
import { allowWrites, preparedIn, refuseWrites } from './read-only';
import { dropSlots, resume, slotOf, unsubscribe } from './replication';
import { carrySequences } from './sequences';
import { type ImportState, stageOf, stateOf } from './state';
import { viewsLacking, viewsOf } from './tables';

const POLL_MS = 100;

/**
 * Moves the writes from the old server to the new one: the old one refuses them, the new one catches up, sequences are set,
 * everything is compared, and only then the new one takes them. Until the subscription is dropped every failure gives the
 * old server back to its writers; from then on the same command goes on to the end.
 */
export async function cutOver(work: ImportWork, options: CutOverOptions): Promise<Ended> {
  const { source, target, manner } = work;
  const state = await stateOf(source, target);
  const stage = stageOf(state);
  if (stage === 'cut over') return { outcome: 'done', sentences: ['It was cut over before.'] };
  if (stage === 'cutting over' && !state.target.subscription) {
    if (manner.dryRun)
      return { outcome: 'would', sentences: ['It would end the cut-over that was interrupted.'] };
    return endInterrupted(work, options);
  }
  const obstacle = await obstacleOf(work, state);
  if (obstacle !== undefined) return { outcome: 'refused', sentences: [obstacle] };
  if (manner.dryRun) {
    const { behindBytes } = await progressOf(target, state);
    return {
      outcome: 'would',
      sentences: [
        `It would make the old database read-only, end its sessions, wait for the last ${bytesText(behindBytes)}, set the sequences, compare ${options.compare}, and let the application write at the new server.`,
      ],
    };
  }
  if (state.target.subscription?.enabled === false) await resume(target);
  return move(work, options);
}

async function obstacleOf({ source, target }: ImportWork, state: ImportState): Promise<string | undefined> {
  const stage = stageOf(state);
  if (stage !== 'following' && stage !== 'cutting over') {
    return `There is nothing to cut over (${stage}): say prepare, then follow.`;
  }
  const progress = await progressOf(target, state);
  const following = progress.tables.length > 0 && progress.tables.every((one) => one.state === 'follows');
  const near = progress.behindBytes <= NEAR_BYTES && state.source.slot?.active === true;
  // Where the old server refuses writes already, what is left is little and gets no more.
  if (!following || (stage === 'following' && !near)) {
    return `The new server is not near enough: ${progressSentence(progress)} Say follow, and wait for its end.`;
  }
  const added = await tablesMadeSince(source, target);
  if (added.length > 0)
    return `Tables were made at the old server since the import began, and nothing follows them (drop them, or say back-out and begin again): ${shortened(added)}.`;
  const views = await viewsLacking(source, target);
  return views.length === 0
    ? undefined
    : `The new database lacks materialised views of the old one (make them there, or drop them at the old server): ${shortened(views)}.`;
}

/** What was found while the old server refused writes. */
interface Caught {
  readonly comparison: Comparison;
  readonly sequences: number;
}

async function move(work: ImportWork, options: CutOverOptions): Promise<Ended> {
  const beganMs = work.manner.clock.monotonic();
  let caught: Caught | Obstacle;
  try {
    caught = await carryOver(work, options, beganMs);
  } catch (error) {
    return givenBack(work, [error instanceof Interrupted ? 'It was interrupted.' : sentenceOf(error)]);
  }
  return 'sentences' in caught ? givenBack(work, caught.sentences) : finish(work, beganMs, caught);
}

/** Why the old server gets its writers back. */
interface Obstacle {
  readonly sentences: readonly string[];
}

/** All that may fail while the old server can still be given back. */
async function carryOver(
  work: ImportWork,
  options: CutOverOptions,
  beganMs: number,
): Promise<Caught | Obstacle> {
  const { source, target, manner, tell } = work;
  await refuseWrites(source, manner);
  tell('The old database refuses writes, and its sessions have ended.');
  const prepared = await preparedIn(source);
  if (prepared.length > 0) return { sentences: [openPrepared(prepared)] };
  if (!(await catchUp(work, beganMs + options.withinSeconds * 1000))) {
    return {
      sentences: [
        `The new server did not catch up within ${options.withinSeconds} s. Say follow and wait for a quiet moment, or allow more with --within.`,
      ],
    };
  }
  const caught = await carryAndCompare(work, options);
  const { differences } = caught.comparison;
  if (differences.length > 0)
    return { sentences: ['The two servers are not the same although all was applied.', ...differences] };
  // Here, because a view that cannot be made is a reason to go back; and no reader is to find one empty.
  for (const view of await viewsOf(source)) {
    try {
      await target.query(`REFRESH MATERIALIZED VIEW ${view}`);
    } catch (error) {
      return { sentences: [`${view} could not be refreshed at the new server: ${sentenceOf(error)}.`] };
    }
  }
  const since = await preparedIn(source);
  return since.length === 0 ? caught : { sentences: [openPrepared(since)] };
}

const openPrepared = (names: readonly string[]): string =>
  `Prepared transactions are open at the old server; whoever commits one later writes where nobody looks any more (COMMIT PREPARED or ROLLBACK PREPARED them, and let nobody prepare others meanwhile): ${shortened(names)}.`;

/**
 * Where the log of the old server ends. Under `synchronous_commit = off` commits are answered before they are in the log
 * that can be read; a commit that waits for the disk brings all earlier ones there.
 */
async function endOfLog(source: Session): Promise<string> {
  await transaction(source, ['SET LOCAL synchronous_commit = on'], () =>
    source.query("SELECT pg_logical_emit_message(true, 'holdfast.import', '')"),
  );
  const [row] = await source.query('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return text(row, 'lsn');
}

/** @returns false if the time is up */
async function catchUp({ source, manner }: ImportWork, untilMs: number): Promise<boolean> {
  const last = await endOfLog(source);
  for (;;) {
    await slotOf(source);
    const [reached] = await source.query(
      `SELECT confirmed_flush_lsn >= $1::pg_lsn AS there FROM pg_replication_slots WHERE slot_name = ${literal(SLOT)}`,
      [last],
    );
    if (reached?.there === true) return true;
    if (manner.clock.monotonic() >= untilMs) return false;
    await pause(manner, POLL_MS);
  }
}

async function carryAndCompare(
  { source, target, tell }: ImportWork,
  { compare: by }: CutOverOptions,
): Promise<Caught> {
  tell('The new server has everything.');
  const sequences = await carrySequences(source, target);
  const comparison = await compare(source, target, by);
  tell(`${comparison.tables} tables with ${comparison.rows} rows were compared (${by}).`);
  return { comparison, sequences };
}

async function givenBack({ source }: ImportWork, sentences: readonly string[]): Promise<Ended> {
  try {
    await allowWrites(source);
  } catch (error) {
    return {
      outcome: 'unknown',
      sentences: [
        ...sentences,
        `The old server could not be given back to its writers: ${sentenceOf(error)}`,
        'It may refuse writes now. Say cutover again to go on, or back-out.',
      ],
    };
  }
  return {
    outcome: 'failed',
    sentences: [...sentences, 'The old server takes writes again, and the new one goes on following.'],
  };
}

/** The subscription is gone already, so all was compared before; whoever ends it makes sure. */
async function endInterrupted(work: ImportWork, options: CutOverOptions): Promise<Ended> {
  const caught = await carryAndCompare(work, options);
  const { differences } = caught.comparison;
  const prepared = await preparedIn(work.source);
  if (prepared.length > 0)
    return {
      outcome: 'failed',
      sentences: [
        openPrepared(prepared),
        'Neither server takes writes now. Roll them back and say cutover again, or say back-out.',
      ],
    };
  if (differences.length === 0) return finish(work, undefined, caught);
  return {
    outcome: 'failed',
    sentences: [
      'The two servers are not the same, so neither takes writes now. Say back-out.',
      ...differences,
    ],
  };
}

/** There is no way back in here but forward: every step may have been done already. */
async function finish(
  { source, target, manner, tell }: ImportWork,
  beganMs: number | undefined,
  { comparison, sequences }: Caught,
): Promise<Ended> {
  await unsubscribe(target);
  await dropSlots(source, []);
  await unlockTables(target);
  const seconds = beganMs === undefined ? undefined : (manner.clock.monotonic() - beganMs) / 1000;
  if (seconds !== undefined)
    tell(`The new server takes writes. For ${seconds.toFixed(1)} s no server took any.`);
  return {
    outcome: 'done',
    sentences: [
      `The new server takes writes; ${sequences} sequences are set.`,
      'Send the traffic to the platform now. The old database stays read-only, for a comparison or a way back: npx holdfast database import verify, or back-out.',
    ],
    result: {
      ...(seconds === undefined ? {} : { seconds: Number(seconds.toFixed(3)) }),
      tables: comparison.tables,
      rows: String(comparison.rows),
      sequences,
    },
  };
}
