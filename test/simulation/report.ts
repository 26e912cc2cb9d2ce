import type { LossFigures } from './invariants/loss';
import type { Found, Tally } from './tally';

/** Of many durations, in seconds. */
export interface Spread {
  readonly count: number;
  readonly median: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** What a run of the simulation ends with. */
export interface Report {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly violations: readonly Found[];
  readonly faults: Readonly<Record<string, number>>;
  /** How often the histories of each theme ended how. */
  readonly endings: Readonly<Record<string, number>>;
  readonly figures: {
    /** Seconds from the loss of home until the standby takes writes, where invariant 12's premises are met. */
    readonly writableAfterSeconds: Spread & {
      /** Histories in which T + 2E + 35 + P was kept, and the least that was left of it, in seconds. */
      readonly boundKept: number;
      readonly leastLeftSeconds: number | null;
    };
    /** Losses of home beside which something else went wrong. */
    readonly otherLosses: Spread & { readonly neverWritable: number };
    /** On one core, by processor time. */
    readonly historiesPerMinute: number;
    readonly regionLossHistoriesPerMinute: number;
    readonly simulatedHours: number;
    readonly commits: number;
    /** Of transactions that were past their last check when their server stalled: what no fence can refuse. */
    readonly lateCommits: number;
  };
  readonly switchovers: Tally['switchovers'];
}

export function reportOf(firstSeed: number, tally: Tally): Report {
  const eligible = tally.losses.filter(({ meetsPremises }) => meetsPremises);
  const others = tally.losses.filter(({ meetsPremises }) => !meetsPremises);
  const left = eligible.flatMap(({ boundSeconds, writableAfterSeconds }) =>
    boundSeconds === undefined || writableAfterSeconds === undefined
      ? []
      : [boundSeconds - writableAfterSeconds],
  );
  return {
    firstSeed,
    seeds: tally.seeds,
    violations: [...tally.violations].sort((a, b) => a.seed - b.seed),
    faults: sorted(tally.faults),
    endings: sorted(tally.endings),
    figures: {
      writableAfterSeconds: {
        ...spreadOf(eligible),
        boundKept: left.filter((seconds) => seconds >= 0).length,
        leastLeftSeconds: left.length > 0 ? round(Math.min(...left)) : null,
      },
      otherLosses: {
        ...spreadOf(others),
        neverWritable: others.filter(({ writableAfterSeconds }) => writableAfterSeconds === undefined).length,
      },
      historiesPerMinute: perMinute(tally.seeds, tally.cpuMs),
      regionLossHistoriesPerMinute: perMinute(tally.regionLosses, tally.regionLossCpuMs),
      simulatedHours: round(tally.simulatedSeconds / 3600),
      commits: tally.commits,
      lateCommits: tally.lateCommits,
    },
    switchovers: tally.switchovers,
  };
}

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));

function spreadOf(losses: readonly LossFigures[]): Spread {
  const known = losses
    .flatMap(({ writableAfterSeconds }) => writableAfterSeconds ?? [])
    .sort((a, b) => a - b);
  const at = (share: number): number | null => {
    const value = known[Math.min(known.length - 1, Math.floor(share * known.length))];
    return value === undefined ? null : round(value);
  };
  return { count: losses.length, median: at(0.5), p99: at(0.99), max: at(1) };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const perMinute = (count: number, ms: number): number => (ms > 0 ? Math.round((count * 60_000) / ms) : 0);

/** @returns the report for a person */
export function render({ seeds, violations, figures, switchovers, faults, endings }: Report): string {
  const { writableAfterSeconds: writable, otherLosses: others } = figures;
  const list = (counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`);
  return [
    `${seeds} histories of ${figures.simulatedHours} h in all; ${violations.length} violations.`,
    `Writable after the loss of home: median ${writable.median} s, p99 ${writable.p99} s, max ${writable.max} s in ${writable.count} losses with nothing else wrong; T + 2E + 35 + P was kept in ${writable.boundKept}, and at least ${writable.leastLeftSeconds} s were left of it.`,
    `With other faults beside: median ${others.median} s, p99 ${others.p99} s, max ${others.max} s in ${others.count} losses; in ${others.neverWritable} the standby took no writes.`,
    `Switchovers: ${switchovers.done}; of ${switchovers.acknowledged} commits acknowledged before them ${switchovers.lost} are lost.`,
    `${figures.commits} commits; ${figures.lateCommits} of transactions that were past their last check when their server stalled.`,
    `${figures.historiesPerMinute} histories a minute and core; ${figures.regionLossHistoriesPerMinute} of those with a lost region.`,
    'Ends:',
    ...list(endings),
    'Faults:',
    ...list(faults),
  ].join('\n');
}
