import type { Outcome } from './history/run';
import type { Theme } from './history/script';
import type { LossFigures } from './invariants/loss';
import type { Violation } from './invariants/violation';

/** A violation and the seed that repeats it. */
export interface Found extends Violation {
  readonly seed: number;
  readonly theme: Theme;
}

/** What many histories came to; plain data, so that processes can send it to each other. */
export interface Tally {
  seeds: number;
  violations: Found[];
  /** How often each kind of fault happened. */
  faults: Record<string, number>;
  /** How often the histories of each theme ended how. */
  endings: Record<string, number>;
  losses: LossFigures[];
  switchovers: { done: number; acknowledged: number; lost: number };
  commits: number;
  lateCommits: number;
  simulatedSeconds: number;
  /** Processor time in milliseconds: of all histories, and the number and time of those in which a region is lost. */
  cpuMs: number;
  regionLosses: number;
  regionLossCpuMs: number;
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  violations: [],
  faults: {},
  endings: {},
  losses: [],
  switchovers: { done: 0, acknowledged: 0, lost: 0 },
  commits: 0,
  lateCommits: 0,
  simulatedSeconds: 0,
  cpuMs: 0,
  regionLosses: 0,
  regionLossCpuMs: 0,
});

/** Adds one history to a tally. */
export function note(tally: Tally, seed: number, theme: Theme, outcome: Outcome, cpuMs: number): void {
  tally.seeds += 1;
  if (outcome.violation) tally.violations.push({ ...outcome.violation, seed, theme });
  for (const [kind, count] of outcome.faults) countIn(tally.faults, kind, count);
  countIn(tally.endings, `${theme}: ${outcome.ending}`, 1);
  if (outcome.loss) tally.losses.push(outcome.loss);
  addTo(tally.switchovers, outcome.switchovers);
  tally.commits += outcome.commits;
  tally.lateCommits += outcome.lateCommits;
  tally.simulatedSeconds += outcome.simulatedSeconds;
  tally.cpuMs += cpuMs;
  if (theme === 'region loss') {
    tally.regionLosses += 1;
    tally.regionLossCpuMs += cpuMs;
  }
}

/** Adds the tally of another process. */
export function merge(into: Tally, other: Tally): void {
  into.violations.push(...other.violations);
  for (const [kind, count] of Object.entries(other.faults)) countIn(into.faults, kind, count);
  for (const [ending, count] of Object.entries(other.endings)) countIn(into.endings, ending, count);
  for (const loss of other.losses) into.losses.push(loss);
  addTo(into.switchovers, other.switchovers);
  const sums = [
    'seeds',
    'commits',
    'lateCommits',
    'simulatedSeconds',
    'cpuMs',
    'regionLosses',
    'regionLossCpuMs',
  ] as const;
  for (const name of sums) into[name] += other[name];
}

function countIn(into: Record<string, number>, name: string, count: number): void {
  into[name] = (into[name] ?? 0) + count;
}

function addTo<K extends string>(into: Record<K, number>, other: Readonly<Record<K, number>>): void {
  for (const name in into) into[name] += other[name];
}
