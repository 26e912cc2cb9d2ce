import { setTimeout as wait } from 'node:timers/promises';
import type { Role } from '../../lib/config/platform';
import type { Expectation } from '../../lib/drill/model';
import type { Load } from '../load/load';
import { acknowledged, lacking } from './account';
import { askFor } from './command';
import { boundOf } from './gather';
import { followAgents, Journal } from './journal';
import { judge } from './judge';
import { type LoadSize, loadOn } from './load-on';
import type { DrillReport, JournalEntry, RequestRecord, Sample } from './model';
import { changes, Observer } from './observer';
import type { Scenario, Stage } from './scenario';
import { rowsOf } from './table';
import type { World } from './world';

export interface DrillOptions {
  readonly world: World;
  readonly scenario: Scenario;
  /** Path of the platform file that was deployed. */
  readonly platformFile: string;
  /** Path of a request that reaches a service with a database. */
  readonly path: string;
  readonly size: LoadSize;
  /** Acknowledged writes that earlier scenarios on the same deployment left behind. Default: none. */
  readonly leftBehind?: readonly RequestRecord[];
  readonly told: {
    readonly entry: (entry: JournalEntry) => void;
    /** With what was asked in the last second. */
    readonly sample: (sample: Sample, recent: readonly RequestRecord[]) => void;
  };
}

/** The first look at a platform that runs. */
const FIRST_LOOK_MS = 30_000;

/** What was expected of the platform did not happen in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** What became of the steps. */
export interface Course {
  troubleMs?: number;
  failure?: string;
  readonly judged: Expectation[];
}

/** Runs one scenario in a world that is deployed, and judges it. @returns the report; what did not hold is in it */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const { world, scenario, told } = options;
  const journal = new Journal(told.entry);
  const load = loadOn(world, options.path, options.size);
  let before: Sample | undefined;
  const observer = new Observer(world, (sample) => {
    for (const sentence of changes(before, sample)) journal.note('leadership', sentence);
    before = sample;
    told.sample(sample, recentOf(load, sample.atMs));
  });
  const began = Date.now();
  const course: Course = { judged: [] };
  const deaf = followAgents(world, journal);
  observer.start();
  load.start();
  try {
    await until(() => observer.last?.record !== undefined, FIRST_LOOK_MS);
    await scenario.steps(stageOf(options, { journal, observer, load, course }));
  } catch (error) {
    course.failure = error instanceof Error ? error.message : String(error);
    journal.note('drill', course.failure);
  } finally {
    await load.stop();
    deaf();
    await observer.stop();
  }
  return judge(options, { journal, samples: observer.samples, requests: load.records, began, course });
}

/** What the steps act on. */
interface Running {
  readonly journal: Journal;
  readonly observer: Observer;
  readonly load: Load;
  readonly course: Course;
}

function stageOf(options: DrillOptions, { journal, observer, load, course }: Running): Stage {
  const { world, leftBehind = [] } = options;
  const ms = (seconds: number): number => (seconds * 1000) / world.pace.factor;
  return {
    world,
    boundSeconds: boundOf(world) * world.pace.factor,
    note: (sentence) => journal.note('drill', sentence),
    pass: (seconds) => wait(ms(seconds)),
    async until(what, holds, seconds) {
      const found = await until(() => observer.last !== undefined && holds(observer.last), ms(seconds));
      if (!found) throw new NotInTime(`It was expected that ${what} within ${ms(seconds) / 1000} s.`);
    },
    trouble(sentence) {
      course.troubleMs = Date.now();
      journal.note('drill', sentence);
    },
    judge: (expectation) => void course.judged.push(expectation),
    holdfast: askFor(world.aws.endpoint, options.platformFile),
    leader: () => leaderIn(observer),
    now() {
      if (!observer.last) throw new Error('Nobody has looked yet.');
      return observer.last;
    },
    missing: () =>
      lacking(
        () => [...leftBehind, ...acknowledged(load.records)],
        () => rowsOf(world, leaderIn(observer)),
      ),
  };
}

/** @throws if nobody knows */
function leaderIn({ last }: Observer): Role {
  const holder = last?.record?.holder;
  if (!holder) throw new Error('Nobody knows who leads.');
  return holder;
}

/** What ended in the last second. */
function recentOf({ records }: Load, atMs: number): RequestRecord[] {
  const first = records.findLastIndex(({ endedMs }) => endedMs < atMs - 1000);
  return records.slice(first + 1);
}

async function until(holds: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await wait(20);
  }
  return true;
}
