import { setTimeout as wait } from 'node:timers/promises';
import { otherRole } from '../../lib/config/names';
import { writableWithinSeconds } from '../../lib/config/timings';
import { accountFor, acknowledged } from './account';
import { askFor } from './command';
import type { Course, DrillOptions } from './drill';
import { figuresOf, writableAt } from './figures';
import { drilledQueue, jobsOf } from './jobs';
import type { Journal } from './journal';
import type { Jobs, RequestRecord, Sample, Side } from './model';
import type { Pace } from './pace';
import { askSalvage, NOTHING_SALVAGED, type Salvage } from './salvage';
import type { Evidence } from './scenario';
import { rowsOf } from './table';
import { SIDES, type World } from './world';

/** What a drill has seen. */
export interface Seen {
  readonly journal: Journal;
  readonly samples: readonly Sample[];
  readonly requests: readonly RequestRecord[];
  readonly began: number;
  readonly course: Course;
}

/** How long a start of the archive's function takes, with its puts to both regions: at the machine's own speed. */
const ARCHIVING_SECONDS = 15;
/** Half a minute of the schedules lies between two. */
const ATTEMPTS = 4;

/** What synth prints for the timings in use, in seconds. */
export const boundOf = ({ platform }: World): number => writableWithinSeconds(platform.leadership);

/** Looks at what is in the databases, and asks salvage, when the scenario has ended. */
export async function evidenceOf(options: DrillOptions, seen: Seen): Promise<Evidence> {
  const { world } = options;
  const { samples, requests, course } = seen;
  const { troubleMs } = course;
  const present = await presentRows(world, seen);
  const missing = new Set(
    acknowledged(requests).flatMap(({ id }) => (id !== undefined && !present.has(id) ? [id] : [])),
  );
  const jobs = drilledQueue(world.platform) && (await committedJobs(world, seen));
  const trouble = {
    ...(troubleMs === undefined ? {} : { atMs: troubleMs }),
    boundSeconds: boundOf(world),
    ...promotionAfter(world, troubleMs, leaderOf(samples)),
  };
  const writableMs = writableAt(samples, trouble);
  const hasMoved = writableMs !== undefined;
  const asks = isAsked(options, { missing: missing.size, hasMoved, leader: leaderOf(samples) });
  const salvage = asks ? await salvaged(options, seen, missing) : NOTHING_SALVAGED;
  return {
    samples,
    requests,
    perSecond: options.size.perSecond,
    account: accountFor(requests, present, salvage, epochNow(samples)),
    figures: {
      ...figuresOf(requests, missing, trouble),
      ...(hasMoved ? archiveBehind(salvage, troubleMs) : {}),
    },
    ...(asks && world.platform.backup.archive.enabled
      ? { archiveBoundSeconds: archiveBoundOf(world.pace) }
      : {}),
    ...(jobs ? { jobs } : {}),
    troubleMs,
    writableMs,
  };
}

/**
 * Whether salvage is asked. Also where nothing is missing: how far the archive reaches is what would have been lost without
 * the replica. But then not of a region that is gone, whose every answer is waited for, minutes in all.
 */
function isAsked(
  { world }: DrillOptions,
  {
    missing,
    hasMoved,
    leader,
  }: { readonly missing: number; readonly hasMoved: boolean; readonly leader: Side },
): boolean {
  return missing > 0 || (hasMoved && !world.network.isLost(world.region(otherRole(leader))));
}

/** What the archive may be behind: a start each minute of the schedules, and the time that a start and its puts take. */
export const archiveBoundOf = ({ minuteSeconds }: Pick<Pace, 'minuteSeconds'>): number =>
  minuteSeconds + ARCHIVING_SECONDS;

/** How far the archive of the epoch that was left ends before the trouble, in seconds; nothing if it is not known. */
export const archiveBehind = (
  { headMs }: Salvage,
  troubleMs: number | undefined,
): { readonly archiveBehindSeconds?: number } =>
  headMs === undefined || troubleMs === undefined
    ? {}
    : { archiveBehindSeconds: Math.max(0, (troubleMs - headMs) / 1000) };

/** The promotion that the trouble caused, from the order that RDS received until it was done. */
function promotionAfter(
  world: World,
  troubleMs: number | undefined,
  leader: Side,
): { readonly promotionSeconds?: number } {
  if (troubleMs === undefined) return {};
  const found = world.aws.databases.promotions.find(
    (one) => one.orderedMs >= troubleMs && one.region === world.region(leader),
  );
  return found ? { promotionSeconds: (found.doneMs - found.orderedMs) / 1000 } : {};
}

const epochNow = (samples: readonly Sample[]): number =>
  samples.findLast(({ record }) => record)?.record?.epoch ?? 0;

/** Region that leads at the end. */
export const leaderOf = (samples: readonly Sample[]): Side =>
  samples.findLast(({ record }) => record)?.record?.holder ?? 'home';

/** None, if a database of a region that is there does not answer: then the drill fails by that. */
async function committedJobs(world: World, { journal }: Seen): Promise<Jobs> {
  const sides = SIDES.filter((side) => !world.network.isLost(world.region(side)));
  try {
    return await jobsOf(world, sides);
  } catch (error) {
    journal.note('drill', `The jobs in ${sides.join(' and ')} could not be read: ${sentenceOf(error)}`);
    return { committed: 0, twice: [], by: { home: 0, standby: 0 } };
  }
}

/** Nothing, if the database that leads does not answer: then no write is accounted for, and the drill fails by that. */
async function presentRows(world: World, { samples, journal }: Seen): Promise<ReadonlySet<string>> {
  const leader = leaderOf(samples);
  try {
    return await rowsOf(world, leader);
  } catch (error) {
    journal.note('drill', `The database in ${leader} could not be read: ${sentenceOf(error)}`);
    return new Set();
  }
}

/** Nothing, if salvage cannot tell: then what is missing is unexplained. */
async function salvaged(
  options: DrillOptions,
  { journal, samples, course: { troubleMs } }: Seen,
  ids: ReadonlySet<string>,
): Promise<Salvage> {
  const { pace, aws } = options.world;
  const ask = askFor(aws.endpoint, options.platformFile);
  const epoch = epochBefore(samples, troubleMs);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askSalvage(ask, { ids, epoch });
    } catch (error) {
      if (attempt === ATTEMPTS) {
        journal.note('drill', sentenceOf(error));
        return NOTHING_SALVAGED;
      }
      // The archive of the new epoch begins with the next start of its function.
      await wait((pace.minuteSeconds * 1000) / 2);
    }
  }
}

/** Epoch that was left: the one of the last record before the trouble. */
const epochBefore = (samples: readonly Sample[], troubleMs = 0): number | undefined =>
  samples.findLast((one) => one.atMs <= troubleMs && one.record)?.record?.epoch;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
