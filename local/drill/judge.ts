import { writableWithinSeconds } from '../../lib/config/timings';
import type { Expectation } from '../../lib/drill/model';
import { judged } from '../../lib/drill/verdict';
import { ALIAS_TTL_SECONDS } from '../dns/resolver';
import { machine } from '../machine';
import { accountFor, acknowledged, askSalvage, NOTHING_SALVAGED, type Salvage } from './account';
import type { Course, DrillOptions } from './drill';
import { figuresOf, writableAt } from './figures';
import { drilledQueue, jobsOf } from './jobs';
import type { Journal } from './journal';
import type { LoadSize } from './load-on';
import type { DrillReport, Jobs, RequestRecord, Sample, Side } from './model';
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

/** What synth prints for the timings in use, in seconds. */
export const boundOf = ({ platform }: World): number => writableWithinSeconds(platform.leadership);

/** Looks at what is in the database that leads, and says what held. @returns the report, also if nothing answers */
export async function judge(options: DrillOptions, seen: Seen): Promise<DrillReport> {
  const { world, scenario } = options;
  const evidence = await evidenceOf(options, seen);
  const { troubleMs, writableMs, account, figures } = evidence;
  const { failure } = seen.course;
  const ended: Expectation = {
    name: 'The scenario ran to its end',
    held: failure === undefined,
    found: failure?.replace(/\.$/, '') ?? 'every step was done',
  };
  const expectations = [ended, ...seen.course.judged, ...scenario.expect.map((expect) => expect(evidence))];
  return {
    name: 'drill',
    scenario: scenario.name,
    says: scenario.says,
    ...placeOf(world),
    beganMs: seen.began,
    endedMs: Date.now(),
    ...(troubleMs === undefined ? {} : { troubleMs }),
    ...(writableMs === undefined ? {} : { writableMs }),
    samples: seen.samples,
    journal: seen.journal.entries,
    requests: seen.requests,
    account,
    figures,
    ...judged(expectations),
    standIns: standIns(world),
    settings: settingsOf(world, options.size),
    machine: machine(),
  };
}

async function evidenceOf(options: DrillOptions, seen: Seen): Promise<Evidence> {
  const { world } = options;
  const { samples, requests, course } = seen;
  const { troubleMs } = course;
  const present = await presentRows(world, seen);
  const missing = new Set(
    acknowledged(requests).flatMap(({ id }) => (id !== undefined && !present.has(id) ? [id] : [])),
  );
  const jobs = drilledQueue(world.platform) && (await committedJobs(world, seen));
  const salvage = await salvaged(options, seen.journal, missing);
  const trouble = { ...(troubleMs === undefined ? {} : { atMs: troubleMs }), boundSeconds: boundOf(world) };
  return {
    samples,
    requests,
    perSecond: options.size.perSecond,
    account: accountFor(requests, present, salvage),
    figures: figuresOf(requests, samples, missing, trouble),
    ...(jobs ? { jobs } : {}),
    troubleMs,
    writableMs: writableAt(samples, trouble),
  };
}

const leaderOf = (samples: readonly Sample[]): Side =>
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

async function salvaged(
  { world, platformFile }: DrillOptions,
  journal: Journal,
  missing: ReadonlySet<string>,
): Promise<Salvage> {
  if (missing.size === 0) return NOTHING_SALVAGED;
  try {
    return await askSalvage(world.aws.endpoint, platformFile, missing);
  } catch (error) {
    journal.note('drill', sentenceOf(error));
    return NOTHING_SALVAGED;
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function placeOf(world: World): Pick<DrillReport, 'platform' | 'pace' | 'factor' | 'regions'> {
  const { platform, pace } = world;
  return {
    platform: platform.name,
    pace: pace.name,
    factor: pace.factor,
    regions: {
      home: world.region('home'),
      standby: world.region('standby'),
      witness: platform.regions.witness.name,
    },
  };
}

function standIns({ platform }: World): string[] {
  return [
    'AWS: the local AWS API; the stacks were deployed by the CDK, and the functions that ran are the deployed bundles.',
    'RDS: PostgreSQL 17 processes on this machine, with streaming replication; a promotion takes as long as theirs.',
    `Images: each of ${platform.services.map(({ name }) => name).join(', ')} is the sample application.`,
    ...(drilledQueue(platform)?.engine === 'rabbitmq'
      ? ['RabbitMQ: a queue of SQS in the local AWS API of each region; nothing here speaks AMQP.']
      : []),
    'Balancers and Route 53: small ones of this machine that follow what was deployed.',
  ];
}

function settingsOf(
  { platform: { leadership }, pace }: World,
  { clients, perSecond }: LoadSize,
): Record<string, string> {
  return {
    'Lease (T)': `${leadership.leaseSeconds} s`,
    'Enforcement (E)': `${leadership.enforceSeconds} s`,
    'Watch (W)': `${leadership.watchSeconds} s`,
    Poll: `${leadership.pollSeconds} s`,
    'Names are kept for': `${ALIAS_TTL_SECONDS / pace.factor} s`,
    'Minute of schedules': `${pace.minuteSeconds} s`,
    Load: `${clients} clients, ${perSecond} requests a second, half of them writes`,
  };
}
