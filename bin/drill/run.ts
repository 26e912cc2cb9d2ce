import { promotionDrillPrefix } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Terminal } from '../commands/terminal';
import { fitnessOf } from '../operate/preflight/fitness';
import { leading, lookAt } from '../operate/situation';
import { type Ended, Interrupted, type Manner } from '../recover/telling';
import type { Context, PartEnd, Place } from './context';
import { costSentences, type Planned, plannedCalls } from './cost';
import { Course } from './course';
import { atWorkSentence, cleanUp, drillId, isAtWork, type Leftover, leftovers } from './leftovers';
import type { DrillPorts } from './ports';
import { Cancelled, measurePromotion } from './promotion';
import { type AwsReport, reportOf, summaryOf } from './report';
import { type Begun, beginRestore, followRestore, failed as restoreFailed, unfollowed } from './restore';
import { type Asked, moveAndBack, movesOf } from './switchover';

/**
 * The drill in an account. It promotes a replica of its own and lets the deployed function restore; traffic, the lead and the
 * platform's own databases are left alone, unless a switchover is asked for.
 */

export interface DrillRequest extends Asked {
  readonly switchover: boolean;
  /** Only deletes what earlier drills have left. */
  readonly cleanUp: boolean;
  /** Whether a person has agreed beforehand to the switchover. */
  readonly agreed: boolean;
}

/** Keeps a report where it is wanted. @returns a sentence about where it is, or why it is nowhere */
export type Save = (report: AwsReport) => string;

export async function drillAws(
  platform: Platform,
  request: DrillRequest,
  ports: DrillPorts,
  terminal: Terminal,
  manner: Manner,
  tell: (sentence: string) => void,
  save: Save,
): Promise<Ended> {
  if (platform.database?.kind !== 'managed')
    return refused(`${platform.name} has no database of its own: there is nothing to promote or to restore.`);
  const context: Context = { platform, ports, manner, course: new Course(manner.clock, tell) };
  const left = await leftovers(platform, ports);
  if (request.cleanUp) return cleaned(context, left);
  const place = await placeOf(context);
  if ('outcome' in place) return place;
  const planned = await plan(context, place, request);
  if (manner.dryRun) return would(planned, left);
  const stands = await objection(context, left, request, terminal, place);
  return stands ?? drill(context, planned, request, save);
}

const refused = (...sentences: readonly string[]): Ended => ({ outcome: 'refused', sentences });

async function cleaned(context: Context, left: readonly Leftover[]): Promise<Ended> {
  const names = left.map(({ identifier, region }) => `${identifier} in ${region}`);
  if (names.length === 0) return { outcome: 'done', sentences: ['No drill has left anything.'] };
  if (context.manner.dryRun)
    return { outcome: 'would', sentences: [`It would delete ${names.join(' and ')}.`] };
  const { gone, sentences } = await cleanUp(context, left);
  return { outcome: gone ? 'done' : 'unknown', sentences };
}

/** @returns where the drill is held, if the platform is as it should be: nothing is drilled in the middle of a failover */
async function placeOf({ platform, ports, manner }: Context): Promise<Place | Ended> {
  const situation = await lookAt(platform, ports.operator, manner.clock.now());
  const against = fitnessOf(situation).filter(({ state }) => state !== 'ok');
  const record = situation.record.known ? situation.record.value : undefined;
  const sides = record && leading(situation, record);
  if (against.length > 0 || !sides) {
    const sentences = against.map(({ sentence, fix }) =>
      fix === undefined ? sentence : `${sentence} ${fix}`,
    );
    return refused('The platform is not fit for a drill; see npx holdfast preflight.', ...sentences);
  }
  return { leader: sides.holder.region, standby: sides.other.region };
}

async function plan(
  { platform, ports, manner }: Context,
  place: Place,
  request: DrillRequest,
): Promise<Planned> {
  const [standby, leader] = await Promise.all([
    ports.databases.model(place.standby),
    ports.databases.model(place.leader),
  ]);
  const identifier = `${promotionDrillPrefix(platform)}${drillId(manner.clock.now())}`;
  return { platform, place, identifier, models: { standby, leader }, switchover: request.switchover };
}

const would = (planned: Planned, left: readonly Leftover[]): Ended => {
  const calls = plannedCalls(planned);
  return {
    outcome: 'would',
    sentences: [
      'It would call this:',
      ...costSentences(calls),
      ...left.map(({ identifier, region }) => `${identifier} in ${region} was left by an earlier drill.`),
    ],
    result: { calls },
  };
};

/** What must be settled before anything is made. Says what it deletes. */
async function objection(
  context: Context,
  left: readonly Leftover[],
  request: DrillRequest,
  terminal: Terminal,
  place: Place,
): Promise<Ended | undefined> {
  const { manner, course } = context;
  const atWork = left.filter((one) => isAtWork(one, manner.clock.now()));
  if (atWork.length > 0) return refused(...atWork.map(atWorkSentence));
  const against = request.switchover ? await agreement(context, request, terminal, place) : undefined;
  if (against || left.length === 0) return against;
  course.note(
    'drill',
    `An earlier drill has left ${left.map(({ identifier }) => identifier).join(' and ')}.`,
  );
  const { gone, sentences } = await cleanUp(context, left);
  for (const sentence of sentences) course.note('drill', sentence);
  return gone ? undefined : { outcome: 'unknown', sentences };
}

async function agreement(
  { platform: { name }, manner, course }: Context,
  { agreed }: DrillRequest,
  terminal: Terminal,
  place: Place,
): Promise<Ended | undefined> {
  const moves = movesOf(place).map(({ command, region }) => `${command} (${region})`);
  course.note('drill', `This touches traffic: after the measurements come ${moves.join(', ')}.`);
  course.note('drill', 'In each switchover nobody takes writes for as long as a promotion takes.');
  course.note(
    'drill',
    'Until each failback has made a new replica, which may take hours, no region can take over. The old databases are kept aside.',
  );
  if (agreed) return undefined;
  if (!terminal.ask || manner.json)
    return refused('Nobody can be asked here: say --yes to agree to the switchover beforehand.');
  const typed = await terminal.ask(`Type the name of the platform to go on (${name}): `);
  if (typed.trim() === name) return undefined;
  return refused('What was typed is not the name of the platform; nothing was changed.');
}

async function drill(context: Context, planned: Planned, request: DrillRequest, save: Save): Promise<Ended> {
  try {
    const parts = await partsOf(context, planned, request);
    const report = reportOf({
      ...planned,
      model: planned.models.standby,
      course: context.course,
      expectations: parts.flatMap(({ expectations }) => expectations),
      figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
      calls: plannedCalls(planned),
      endedMs: context.manner.clock.now(),
    });
    const left = parts.some(({ leaves = false }) => leaves);
    const outcome = left ? 'unknown' : report.verdict === 'passed' ? 'done' : 'failed';
    return { outcome, sentences: [...summaryOf(report), save(report)], result: report };
  } catch (error) {
    if (error instanceof Interrupted) return interrupted(error);
    throw error;
  }
}

/** The restore goes on by itself, so it is started first and followed last. */
async function partsOf(
  context: Context,
  planned: Planned,
  request: DrillRequest,
): Promise<readonly PartEnd[]> {
  const { place, identifier, models } = planned;
  const begun = await begin(context, place);
  const parts: PartEnd[] = 'expectations' in begun ? [begun] : [];
  const isStopped = (): string | undefined => parts.find(({ stop }) => stop !== undefined)?.stop;
  if (isStopped() !== undefined) return parts;
  const drill = identifier.slice(promotionDrillPrefix(context.platform).length);
  parts.push(await measurePromotion(context, { ...place, drill, model: models.standby }));
  const stop = isStopped();
  if (!('expectations' in begun))
    parts.push(stop === undefined ? await followRestore(context, place, begun) : unfollowed(stop));
  if (request.switchover && isStopped() === undefined) parts.push(await moveAndBack(context, place, request));
  return parts;
}

async function begin(context: Context, place: Place): Promise<Begun | PartEnd> {
  try {
    return await beginRestore(context, place);
  } catch (error) {
    return restoreFailed(context, error);
  }
}

function interrupted(error: Interrupted): Ended {
  const cancelled = error instanceof Cancelled ? error : undefined;
  const rest = 'A restore drill that was started goes on by itself, and so does an operation on the lead.';
  if (cancelled && !cancelled.gone) return { outcome: 'unknown', sentences: [cancelled.sentence, rest] };
  const why = cancelled || error.message === '' ? 'It was ended by Ctrl-C.' : error.message;
  const sentences = [why, ...(cancelled ? [`${cancelled.sentence}.`] : []), rest];
  return { outcome: cancelled ? 'failed' : 'unknown', sentences };
}
