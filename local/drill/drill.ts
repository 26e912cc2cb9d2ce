import { setTimeout as wait } from 'node:timers/promises';
import { writableWithinSeconds } from '../../lib/config/timings';
import { Load } from '../load/load';
import { machine } from '../machine';
import { accountFor, acknowledged, askSalvage, NOTHING_SALVAGED, run, type Salvage } from './account';
import { figuresOf, writableAt } from './figures';
import { followAgents, Journal } from './journal';
import type { DrillReport, JournalEntry, RequestRecord, Sample, Side } from './model';
import { changes, Observer } from './observer';
import type { Evidence, Scenario, Stage } from './scenario';
import { rowsOf } from './table';
import type { World } from './world';

export interface DrillOptions {
  readonly world: World;
  readonly scenario: Scenario;
  /** Path of the platform file that was deployed. */
  readonly platformFile: string;
  /** Path of a request that reaches a service with a database. */
  readonly path: string;
  readonly told: {
    readonly entry: (entry: JournalEntry) => void;
    /** With what was asked in the last second. */
    readonly sample: (sample: Sample, recent: readonly RequestRecord[]) => void;
  };
}

const CLIENTS = 12;
const PER_SECOND = 60;
const WRITES = 0.5;
/** Clients give a request up sooner than their users do. */
const TIMEOUT_MS = 4_000;
/** What an alias to a balancer may be kept for. */
const TTL_SECONDS = 60;

/** What was expected of the platform did not happen in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** Runs one scenario in a world that is deployed, and judges it. @returns the report; what did not hold is in it */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const { world, scenario, told } = options;
  const journal = new Journal(told.entry);
  const load = loadOn(world, options.path);
  const observer = new Observer(world, (sample) => told.sample(sample, recentOf(load, sample.atMs)));
  const began = Date.now();
  const state: { troubleMs?: number; failure?: string } = {};
  let before: Sample | undefined;
  const watch = setInterval(() => {
    const now = observer.last;
    if (!now || now === before) return;
    for (const sentence of changes(before, now)) journal.note('leadership', sentence);
    before = now;
  }, 100);
  const deaf = followAgents(world, journal);
  observer.start();
  load.start();
  try {
    await until(() => observer.last?.record !== undefined, 30_000);
    await scenario.steps(stageOf(options, journal, observer, state));
  } catch (error) {
    state.failure = error instanceof Error ? error.message : String(error);
    journal.note('drill', state.failure);
  } finally {
    await load.stop();
    clearInterval(watch);
    deaf();
    await observer.stop();
  }
  return judge(options, { journal, observer, load, began, state });
}

interface Seen {
  readonly journal: Journal;
  readonly observer: Observer;
  readonly load: Load;
  readonly began: number;
  readonly state: { readonly troubleMs?: number; readonly failure?: string };
}

function loadOn(world: World, path: string): Load {
  return new Load({
    clients: CLIENTS,
    perSecond: PER_SECOND,
    writes: WRITES,
    host: world.platform.domain.name,
    path,
    ca: world.aws.databases.files.publicCa,
    resolve: () => world.resolve(),
    sideOf: (region) => world.sideOf(region),
    ttlMs: (TTL_SECONDS * 1000) / world.pace.factor,
    timeoutMs: TIMEOUT_MS,
  });
}

function stageOf(
  { world, platformFile }: DrillOptions,
  journal: Journal,
  observer: Observer,
  state: { troubleMs?: number },
): Stage {
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
      state.troubleMs = Date.now();
      journal.note('drill', sentence);
    },
    holdfast: (...command) => run([...command, '--platform', platformFile], world.aws.endpoint),
    leader() {
      const holder = observer.last?.record?.holder;
      if (!holder) throw new Error('Nobody knows who leads.');
      return holder;
    },
  };
}

/** What ended in the last second. */
function recentOf({ records }: Load, atMs: number): RequestRecord[] {
  const first = records.findLastIndex(({ endedMs }) => endedMs < atMs - 1000);
  return records.slice(first + 1);
}

const boundOf = ({ platform }: World): number => writableWithinSeconds(platform.leadership);

async function judge(options: DrillOptions, seen: Seen): Promise<DrillReport> {
  const { world, scenario } = options;
  const { observer, load, journal, state } = seen;
  const { samples } = observer;
  const troubleMs = state.troubleMs;
  const leader: Side = samples.at(-1)?.record?.holder ?? 'home';
  const present = await rowsOf(world, leader);
  const missing = new Set(
    acknowledged(load.records).flatMap(({ id }) => (id !== undefined && !present.has(id) ? [id] : [])),
  );
  const { salvage, problem } = await salvaged(options, missing);
  if (problem !== undefined) journal.note('drill', problem);
  const account = accountFor(load.records, present, salvage);
  const trouble = { ...(troubleMs === undefined ? {} : { atMs: troubleMs }), boundSeconds: boundOf(world) };
  const figures = figuresOf(load.records, samples, missing, trouble);
  const writableMs = writableAt(samples, trouble);
  const evidence: Evidence = {
    samples,
    requests: load.records,
    account,
    figures,
    troubleMs,
    writableMs,
    world,
  };
  const ended = {
    name: 'The scenario ran to its end',
    held: state.failure === undefined,
    found: state.failure ?? 'every step was done',
  };
  const expectations = [ended, ...scenario.expect.map((expect) => expect(evidence))];
  const passed = expectations.every(({ held }) => held);
  return {
    name: 'drill',
    scenario: scenario.name,
    says: scenario.says,
    platform: world.platform.name,
    pace: world.pace.name,
    factor: world.pace.factor,
    regions: {
      home: world.region('home'),
      standby: world.region('standby'),
      witness: world.platform.regions.witness.name,
    },
    beganMs: seen.began,
    endedMs: Date.now(),
    ...(troubleMs === undefined ? {} : { troubleMs }),
    ...(writableMs === undefined ? {} : { writableMs }),
    samples,
    journal: journal.entries,
    requests: load.records,
    account,
    figures,
    expectations,
    verdict: passed ? 'passed' : 'failed',
    verdictSays: expectations.map(
      ({ name, held, found }) => `${held ? 'held' : 'BROKEN'}: ${name}: ${found}.`,
    ),
    standIns: standIns(world),
    settings: settingsOf(world),
    machine: machine(),
  };
}

async function salvaged(
  { world, platformFile }: DrillOptions,
  missing: ReadonlySet<string>,
): Promise<{ readonly salvage: Salvage; readonly problem?: string }> {
  if (missing.size === 0) return { salvage: NOTHING_SALVAGED };
  try {
    return { salvage: await askSalvage(world.aws.endpoint, platformFile, missing) };
  } catch (error) {
    return { salvage: NOTHING_SALVAGED, problem: error instanceof Error ? error.message : String(error) };
  }
}

function standIns({ platform }: World): string[] {
  return [
    'AWS: the local AWS API; the stacks were deployed by the CDK, and the functions that ran are the deployed bundles.',
    'RDS: PostgreSQL 17 processes on this machine, with streaming replication; a promotion takes as long as theirs.',
    `Images: each of ${platform.services.map(({ name }) => name).join(', ')} is the sample application.`,
    'Balancers and Route 53: small ones of this machine that follow what was deployed.',
  ];
}

function settingsOf({ platform: { leadership, edge }, pace }: World): Record<string, string> {
  return {
    'Lease (T)': `${leadership.leaseSeconds} s`,
    'Enforcement (E)': `${leadership.enforceSeconds} s`,
    'Watch (W)': `${leadership.watchSeconds} s`,
    Poll: `${leadership.pollSeconds} s`,
    'Names are kept for': `${edge.ttlSeconds / pace.factor} s`,
    'Minute of schedules': `${pace.minuteSeconds} s`,
    Load: `${CLIENTS} clients, ${PER_SECOND} requests a second, half of them writes`,
  };
}

async function until(holds: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await wait(20);
  }
  return true;
}
