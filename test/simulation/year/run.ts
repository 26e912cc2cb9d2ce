import { useLeanAborts } from '../world/abort';
import type { Rhythm } from '../world/agent-function';
import type { Observer } from '../world/observer';
import { HOME, SIDES, STANDBY } from '../world/places';
import { type Beginning, Simulation } from '../world/simulation';
import { monthlyCost } from './cost';
import { type Stretch, stretchesOf } from './stretches';

/** The platform file's defaults. */
const SETTINGS: Beginning['settings'] = {
  leaseSeconds: 60,
  enforceSeconds: 5,
  marginSeconds: 5,
  pollSeconds: 5,
  lagGateSeconds: 60,
  databaseOutageSeconds: 150,
  minimumSecondsBetweenMoves: 3600,
  failOverOnApplicationOutage: false,
};
const DURATIONS = { promotionMs: 120_000, renameMs: 30_000, snapshotMs: 30_000, creationMs: 60_000 };
const LOST_SHARE = 0.01;
const SEED = 2026;

/** What a year came to with runs of one length. */
export interface YearResult {
  readonly timeoutSeconds: number;
  readonly runsAtOnce: number;
  readonly lostStarts: number;
  readonly stretches: number;
  /** Claims though nothing was wrong but lost starts. */
  readonly needlessTakeovers: number;
  /** Times in which home's lease had run out, and the longest of them in seconds. */
  readonly lapses: number;
  readonly longestLapseSeconds: number;
  /** Needless takeovers in so many runs of a stretch in which home loses three starts in a row, as happens every other year. */
  readonly threeInARow: { readonly takeovers: number; readonly runs: number };
  /** Whether there is at any time a run of the standby with enough time left for a full watch and a claim. */
  readonly alwaysReady: boolean;
  readonly usdAMonth: number;
  readonly reckoning: string;
}

/** Of a run so much is kept for its last turn, and a claim takes so long after the watch; in seconds. */
const LAST_TURN_SECONDS = 12;
const CLAIM_SECONDS = 10;

/** @param rhythm how the agents are started, and after how long a run is ended */
export async function runYear(rhythm: Rhythm, ran: (share: number) => void): Promise<YearResult> {
  useLeanAborts();
  const apart = Math.ceil(rhythm.timeoutSeconds / rhythm.everySeconds) + 3;
  const stretches = stretchesOf(SEED, LOST_SHARE, apart);
  const sum = { needlessTakeovers: 0, lapses: 0, longestLapseSeconds: 0, runSeconds: 0, runs: 0 };
  for (const [index, stretch] of stretches.entries()) {
    const one = await runStretch(stretch, rhythm, SEED + index);
    sum.needlessTakeovers += one.takeovers;
    sum.lapses += one.lapses;
    sum.longestLapseSeconds = Math.max(sum.longestLapseSeconds, one.longestLapseSeconds);
    sum.runSeconds += one.runSeconds;
    sum.runs += one.runs;
    ran((index + 1) / stretches.length);
  }
  const { leaseSeconds, enforceSeconds, marginSeconds } = SETTINGS;
  const watchSeconds = leaseSeconds + 2 * enforceSeconds + marginSeconds;
  const { usd, sentence } = monthlyCost(rhythm, sum.runSeconds / Math.max(1, sum.runs));
  return {
    timeoutSeconds: rhythm.timeoutSeconds,
    runsAtOnce: Math.round((rhythm.timeoutSeconds / rhythm.everySeconds) * 10) / 10,
    lostStarts: stretches.reduce(
      (lost, one) => lost + SIDES.reduce((n, side) => n + one.lost[side].size, 0),
      0,
    ),
    stretches: stretches.length,
    needlessTakeovers: sum.needlessTakeovers,
    lapses: sum.lapses,
    longestLapseSeconds: Math.round(sum.longestLapseSeconds * 10) / 10,
    threeInARow: await threeInARow(rhythm),
    alwaysReady:
      rhythm.timeoutSeconds - LAST_TURN_SECONDS - rhythm.everySeconds >= watchSeconds + CLAIM_SECONDS,
    usdAMonth: Math.round(usd * 100) / 100,
    reckoning: sentence,
  };
}

const TIMES = 20;

/** @returns how often home is taken for lost though nothing but three of its starts in a row are */
export async function threeInARow(rhythm: Rhythm): Promise<YearResult['threeInARow']> {
  const stretch: Stretch = { lost: { [HOME]: new Set([3, 4, 5]), [STANDBY]: new Set() }, length: 12 };
  let takeovers = 0;
  for (let seed = 1; seed <= TIMES; seed += 1)
    takeovers += (await runStretch(stretch, rhythm, seed)).takeovers;
  return { takeovers, runs: TIMES };
}

interface StretchResult {
  readonly takeovers: number;
  readonly lapses: number;
  readonly longestLapseSeconds: number;
  readonly runs: number;
  readonly runSeconds: number;
}

/** Looks at home's lease so often, in milliseconds. */
const LOOK_MS = 500;

async function runStretch(stretch: Stretch, rhythm: Rhythm, seed: number): Promise<StretchResult> {
  const simulation = new Simulation({
    seed,
    settings: SETTINGS,
    rhythm,
    durations: DURATIONS,
    firstDeployment: false,
  });
  const { scheduler, sides, agents } = simulation;
  const watch = { takeovers: 0, lapses: 0, longestLapseSeconds: 0 };
  const observer: Observer = {
    recordWritten: (record, before) => {
      if (before && record.holder !== before.holder) watch.takeovers += 1;
    },
  };
  simulation.observe(observer);
  simulation.begin(true);
  for (const side of SIDES) agents[side].loses = (start) => stretch.lost[side].has(start);
  let lapsedMs: number | undefined;
  const look = (): void => {
    scheduler.after(LOOK_MS, look);
    if (sides[HOME].rds.server?.takesWrites()) {
      lapsedMs = undefined;
      return;
    }
    if (lapsedMs === undefined) watch.lapses += 1;
    lapsedMs ??= scheduler.now;
    watch.longestLapseSeconds = Math.max(watch.longestLapseSeconds, (scheduler.now - lapsedMs) / 1000);
  };
  look();
  await scheduler.run(stretch.length * rhythm.everySeconds * 1000);
  const ended = SIDES.flatMap((side) => agents[side].ended);
  return { ...watch, runs: ended.length, runSeconds: ended.reduce((total, one) => total + one, 0) };
}
