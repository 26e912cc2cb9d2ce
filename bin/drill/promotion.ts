import { databaseArn, promotionDrillPrefix } from '../../lib/config/names';
import { PROMOTION_ALLOWANCE_SECONDS, writableWithinSeconds } from '../../lib/config/timings';
import { BACKUP_WINDOW } from '../../lib/config/windows';
import type { Expectation } from '../../lib/drill/model';
import { Interrupted, pause } from '../recover/telling';
import {
  type Context,
  GivenUp,
  HOUR_MS,
  isLockedOut,
  lasted,
  MINUTE_MS,
  mayPass,
  type PartEnd,
  type Place,
  watch,
} from './context';
import { isBusy, isRefused, reasonOf } from './failures';
import type { Model, ThrowAway } from './ports';
import { find, laneOf, remove } from './removal';

/**
 * Measures P: makes a replica in the region that would take over, as the platform's own one there is made, promotes it as the
 * agent would, and deletes it. Nobody reaches it but functions of Holdfast, and its fence is closed like that of every promoted
 * replica. The platform's own databases are asked for nothing but the stream.
 */

const POLL_MS = 15_000;
/** How exactly P is known. */
export const PROMOTION_POLL_MS = 5_000;
const MAKING_LIMIT_MS = 3 * HOUR_MS;
const SETTLING_LIMIT_MS = HOUR_MS;
const PROMOTION_LIMIT_MS = HOUR_MS;
/** How long RDS may refuse a promotion because the replica is busy. */
const BUSY_MAX_MS = 20 * MINUTE_MS;

const WHO = 'promotion';
const FAILED = /^(failed|incompatible-|inaccessible-|insufficient-|restore-error|storage-full|stopped)/;
/** A database takes connections while its first backup runs. */
const SERVES = new Set(['available', 'backing-up']);

/** Its place, and what it is made as. */
export interface Wanted extends Place {
  readonly drill: string;
  readonly model: Model;
}

export async function measurePromotion(context: Context, wanted: Wanted): Promise<PartEnd> {
  const identifier = `${promotionDrillPrefix(context.platform)}${wanted.drill}`;
  const lane = laneOf(wanted.standby);
  let measured: number | undefined;
  let failure: string | undefined;
  let stop: string | undefined;
  let interrupted: Interrupted | undefined;
  try {
    measured = await promoted(context, wanted, identifier);
  } catch (error) {
    if (error instanceof Interrupted) interrupted = error;
    failure = interrupted ? 'it was ended by Ctrl-C' : reasonOf(error);
    if (isLockedOut(error)) stop = failure;
    context.course.note(WHO, failure);
  }
  context.course.end(lane);
  if (interrupted) context.course.note(WHO, `${identifier} is being deleted. Ctrl-C again would leave it.`);
  const removal = await remove(context, wanted.standby, identifier);
  context.course.note(WHO, `${removal.sentence.replace(/\.$/, '')}.`);
  if (interrupted) throw new Cancelled(removal.gone, removal.sentence);
  return {
    expectations: [
      ...(measured === undefined ? [unmeasured(failure)] : promises(context, measured)),
      { name: 'Nothing that the drill made is left', held: removal.gone, found: bare(removal.sentence) },
    ],
    figures: measured === undefined ? {} : { promotionSeconds: measured },
    ...(stop === undefined ? {} : { stop }),
    leaves: !removal.gone,
  };
}

/** Ctrl-C has ended the drill. */
export class Cancelled extends Interrupted {
  constructor(
    /** Whether the replica is gone. */
    readonly gone: boolean,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

const bare = (sentence: string): string => sentence.replace(/\.$/, '');

const unmeasured = (failure = ''): Expectation => ({
  name: 'The time of a promotion was measured',
  held: false,
  found: bare(failure),
});

/** What synth prints, with the P that was measured. */
function promises({ platform }: Context, seconds: number): Expectation[] {
  const { leadership, objectives } = platform;
  const bound = writableWithinSeconds(leadership);
  const left = objectives.rtoSeconds - bound;
  return [
    {
      name: 'The time of a promotion was measured',
      held: true,
      found: `P is ${lasted(seconds)}; RDS was asked every ${PROMOTION_POLL_MS / 1000} s`,
    },
    {
      name: 'With it the platform is writable again within its objective',
      held: seconds <= left,
      found: `synth promises ${bound} s and P, which makes ${Math.round(bound + seconds)} s; the objective of ${objectives.rtoSeconds} s leaves ${left} s for P, and synth takes none that leaves less than ${PROMOTION_ALLOWANCE_SECONDS} s`,
    },
  ];
}

/** @returns P in seconds */
async function promoted(context: Context, wanted: Wanted, identifier: string): Promise<number> {
  const { platform, ports, course } = context;
  const { leader, standby, drill, model } = wanted;
  const source = databaseArn(platform, leader);
  course.note(WHO, `${identifier} is being made in ${standby}, as a replica of the database in ${leader}.`);
  await ports.throwAways.make(standby, { identifier, drill, source, model });
  await usable(context, wanted, identifier, MAKING_LIMIT_MS);
  await settled(context, wanted, identifier);
  return timed(context, wanted, identifier);
}

/** Waits until the replica takes connections. */
async function usable(context: Context, wanted: Wanted, identifier: string, limitMs: number): Promise<void> {
  let seen = false;
  const until = context.manner.clock.monotonic() + limitMs;
  const found = await watch(context, WHO, POLL_MS, until, async () => {
    const now = await looked(context, wanted, identifier, !seen);
    seen ||= now !== undefined;
    return now?.status === 'available' ? now : undefined;
  });
  if (!found) throw new GivenUp(`${identifier} was not available after ${lasted(limitMs / 1000)}.`);
}

/**
 * Looks at the replica, and tells a status that is new.
 * @param mayBeAbsent whether RDS may not show it yet
 * @throws GivenUp if nothing good can come any more
 */
async function looked(
  context: Context,
  { standby, model }: Wanted,
  identifier: string,
  mayBeAbsent = false,
): Promise<ThrowAway | undefined> {
  const now = await find(context, standby, identifier, model.parameterGroup);
  if (!now && !mayBeAbsent) throw new GivenUp(`Somebody has deleted ${identifier}.`);
  if (!now) return undefined;
  const isPromoted = now.source === null && SERVES.has(now.status);
  const words = isPromoted ? 'promoted' : now.status;
  const kind = isPromoted ? 'standby' : now.status === 'available' ? 'replica' : 'moving';
  const isNew = context.course.state(laneOf(standby), { kind, words });
  if (isNew && !isPromoted) context.course.note(WHO, `${identifier}: ${words}`);
  if (FAILED.test(now.status))
    throw new GivenUp(`RDS gave ${identifier} up (${now.status}); its events say why.`);
  return now;
}

/** RDS takes no parameter group for a replica of another region while it is being made, so it gets it now, as in a failback. */
async function settled(context: Context, wanted: Wanted, identifier: string): Promise<void> {
  const { ports, manner } = context;
  const { standby, model } = wanted;
  const until = manner.clock.monotonic() + SETTLING_LIMIT_MS;
  const done = await watch(context, WHO, POLL_MS, until, async () => {
    const now = await looked(context, wanted, identifier);
    if (now?.status !== 'available') return undefined;
    if (now.parameters === 'in-sync') return now;
    if (now.parameters === 'other-group')
      await ports.throwAways.setParameters(standby, identifier, model.parameterGroup);
    if (now.parameters === 'pending-reboot') await ports.throwAways.restart(standby, identifier);
    return undefined;
  });
  if (!done) throw new GivenUp(`${identifier} did not take the parameters of the platform.`);
}

async function timed(context: Context, wanted: Wanted, identifier: string): Promise<number> {
  const { course, manner } = context;
  const { clock } = manner;
  const startMs = await accepted(context, wanted, identifier);
  course.note(WHO, `The promotion of ${identifier} is asked for; P begins.`);
  const done = await watch(context, WHO, PROMOTION_POLL_MS, startMs + PROMOTION_LIMIT_MS, async () => {
    const now = await looked(context, wanted, identifier);
    return now && now.source === null && SERVES.has(now.status) ? clock.monotonic() : undefined;
  });
  if (done === undefined)
    throw new GivenUp(
      `The promotion of ${identifier} had not ended after ${lasted(PROMOTION_LIMIT_MS / 1000)}.`,
    );
  const seconds = (done - startMs) / 1000;
  course.note(WHO, `${identifier} is promoted: P is ${lasted(seconds)}.`);
  return seconds;
}

/**
 * Asks for the promotion until RDS has accepted it.
 * @returns when that request was made, on the clock that measures durations
 */
async function accepted(context: Context, { standby }: Wanted, identifier: string): Promise<number> {
  const { platform, ports, manner, course } = context;
  const { clock } = manner;
  const { database } = platform;
  const backups = { days: database?.kind === 'managed' ? database.retentionDays : 1, window: BACKUP_WINDOW };
  const until = clock.monotonic() + BUSY_MAX_MS;
  let unanswered: number | undefined;
  for (;;) {
    const startMs = clock.monotonic();
    try {
      await ports.throwAways.promote(standby, identifier, backups);
      return startMs;
    } catch (error) {
      // A request whose answer was lost has made the replica busy.
      if (isBusy(error) && unanswered !== undefined) return unanswered;
      if (!mayPass(error) || isRefused(error) || startMs >= until) throw error;
      if (!isBusy(error)) unanswered ??= startMs;
      course.note(WHO, reasonOf(error));
      await pause(manner, POLL_MS);
    }
  }
}
