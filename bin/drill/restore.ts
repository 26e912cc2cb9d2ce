import { type DrillRecord, rpoSeconds, rtoSeconds, type Step } from '../../lambda/restore-drill/record';
import { Interrupted } from '../recover/telling';
import {
  type Context,
  GivenUp,
  HOUR_MS,
  isLockedOut,
  lasted,
  MINUTE_MS,
  type PartEnd,
  type Place,
  watch,
} from './context';
import { reasonOf } from './failures';
import type { RestoreReport } from './ports';

/**
 * A restore with top-up, by the drill that is deployed: its function restores into isolation, verifies, measures and deletes
 * what it made, also when nobody follows it. Here it is only started and followed.
 */

const POLL_MS = 30_000;
/** Longer than the function lets a drill last. */
const LIMIT_MS = 9 * HOUR_MS;
/** After its start a run writes down that a drill has begun. */
const BEGINNING_LIMIT_MS = 15 * MINUTE_MS;

const WHO = 'restore';
export const LANE = 'Restore';

const KINDS: Readonly<Record<Step, string>> = {
  restoring: 'moving',
  filling: 'home',
  comparing: 'replica',
  removing: 'closed',
  ended: 'none',
};
/** In these the function only waits for RDS. The schedule starts it four times an hour, which is too seldom to measure by. */
const WAITS: ReadonlySet<Step> = new Set(['restoring', 'removing']);

/** The drill that is followed. */
export interface Begun {
  /** Id of the last drill before; undefined if there was none. */
  readonly before: string | undefined;
  /** Id of one that was under way already. */
  readonly underWay: string | undefined;
}

/** Starts the deployed drill, or finds the one that is under way. @throws if the function cannot be started */
export async function beginRestore({ ports, course }: Context, { leader }: Place): Promise<Begun> {
  const last = await ports.restores.last(leader);
  if (last && last.step !== 'ended') {
    course.note(WHO, `A restore drill is under way in ${leader} (${last.id}, ${last.step}): following it.`);
    return { before: undefined, underWay: last.id };
  }
  await ports.restores.invoke(leader, { start: true });
  course.state(LANE, { kind: KINDS.restoring, words: 'restoring' });
  course.note(WHO, `The restore drill in ${leader} is started. It goes on by itself, whoever follows it.`);
  return { before: last?.id, underWay: undefined };
}

/** Follows the drill to its end. @throws Interrupted */
export async function followRestore(context: Context, place: Place, begun: Begun): Promise<PartEnd> {
  try {
    const id = begun.underWay ?? (await begunId(context, place, begun));
    const report = await ended(context, place, id);
    return endOf(context, report);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return failed(context, error);
  } finally {
    context.course.end(LANE);
  }
}

/** @returns the end of a part that has failed */
export function failed({ course }: Context, error: unknown): PartEnd {
  const reason = reasonOf(error);
  course.note(WHO, reason);
  return {
    expectations: [{ name: VERIFIED, held: false, found: reason.replace(/\.$/, '') }],
    figures: {},
    ...(isLockedOut(error) ? { stop: reason } : {}),
  };
}

/** @returns the end of a part that nobody could follow. @param why no question has an answer any more */
export const unfollowed = (why: string): PartEnd => ({
  expectations: [
    {
      name: VERIFIED,
      held: false,
      found: `it goes on by itself, and was not followed: ${why.replace(/\.$/, '')}`,
    },
  ],
  figures: {},
});

const VERIFIED = 'A restore with top-up is equal to a native one, row by row';

async function begunId(context: Context, { leader }: Place, { before }: Begun): Promise<string> {
  const { ports, manner } = context;
  const until = manner.clock.monotonic() + BEGINNING_LIMIT_MS;
  const id = await watch(context, WHO, POLL_MS, until, async () => {
    const last = await ports.restores.last(leader);
    return last && last.id !== before ? last.id : undefined;
  });
  if (id === undefined)
    throw new GivenUp(
      `The function in ${leader} has begun no drill within ${lasted(BEGINNING_LIMIT_MS / 1000)}; its log says why.`,
    );
  return id;
}

async function ended(context: Context, { leader }: Place, id: string): Promise<RestoreReport> {
  const { ports, manner, course } = context;
  const until = manner.clock.monotonic() + LIMIT_MS;
  let waited = 0;
  const found = await watch(context, WHO, POLL_MS, until, async () => {
    const report = await ports.restores.report(leader, id);
    if (report) return report;
    const now = await ports.restores.last(leader);
    if (now?.id !== id) return undefined;
    if (course.state(LANE, { kind: KINDS[now.step], words: now.step })) course.note(WHO, stepOf(now));
    waited += 1;
    // Every second look is once a minute.
    if (WAITS.has(now.step) && waited % 2 === 0) await ports.restores.invoke(leader, {});
    return undefined;
  });
  if (!found) throw new GivenUp(`The restore drill ${id} has not ended; it goes on in ${leader}.`);
  return found;
}

const stepOf = ({ id, step, transactions }: DrillRecord): string =>
  `The restore drill ${id}: ${step}${transactions > 0 ? `, ${transactions} transactions were added` : ''}`;

function endOf({ course }: Context, report: RestoreReport): PartEnd {
  const rto = rtoSeconds(report);
  const rpo = rpoSeconds(report);
  course.note(WHO, report.sentence);
  const took = rto === undefined ? 'it was never usable' : `RTO ${lasted(rto)}`;
  return {
    expectations: [
      {
        name: VERIFIED,
        held: report.outcome === 'succeeded',
        found: `${report.sentence.replace(/\.$/, '')}; ${took}, RPO ${lasted(rpo)}`,
      },
    ],
    figures: { ...(rto === undefined ? {} : { restoreRtoSeconds: rto }), restoreRpoSeconds: rpo },
  };
}
