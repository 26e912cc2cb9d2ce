import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { median, type Report, report, rounded } from '../report';
import { missing, versions } from './debian';
import { startHoldfast } from './holdfast';
import { type Outcome, play } from './incident';
import { startPatroni } from './patroni';
import { agesMs, patroniTimings, TIMINGS, watchSeconds } from './timings';

/**
 * How soon clients write again after the primary was killed: Holdfast's agents and fence against Patroni with etcd, in
 * turns, on the same PostgreSQL with the same settings, the same clients and the same lease (`timings.ts`). What dies is
 * the primary's machine: the server with all its sessions, and what renews its lease. Holdfast is not behind AWS here: its
 * record is in an etcd like Patroni's, and a promotion takes what PostgreSQL takes.
 */

const PAIRS = 5;
/** Longer than any takeover that is worth a figure, beside the wait. */
const SLACK_MS = 90_000;

interface Outcomes {
  readonly holdfast: Outcome[];
  readonly patroni: Outcome[];
  /** What Holdfast's set-up said. */
  readonly limitations: Set<string>;
}

/** @throws in one sentence if a package is missing */
export async function benchFailover(): Promise<Report> {
  const lacks = missing();
  if (lacks !== undefined) throw new Error(lacks);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  // A signal ends the process through its handlers of `exit`, which end all others.
  const leave = (): never => process.exit(130);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const outcomes = await playAll(bundled(folder), agesMs(PAIRS, TIMINGS));
    return toReport(outcomes);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, leave);
    process.removeListener('exit', remove);
    remove();
  }
}

/** The agent's process as it is deployed: one file, without a compiler in it. */
function bundled(folder: string): string {
  const bundle = join(folder, 'agent.js');
  buildSync({
    entryPoints: [resolve(__dirname, 'agent.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    minify: true,
    external: ['pg-native'],
  });
  return bundle;
}

/** @param ages at which the primaries of each pair are killed, in milliseconds after a renewal */
async function playAll(bundle: string, ages: readonly number[]): Promise<Outcomes> {
  const outcomes: Outcomes = { holdfast: [], patroni: [], limitations: new Set() };
  const starts = [() => startHoldfast(bundle, TIMINGS), () => startPatroni(patroniTimings(TIMINGS))];
  for (const [index, ageMs] of ages.entries()) {
    // In turns, so that neither is always the one that finds the machine warm.
    for (const start of index % 2 === 0 ? starts : starts.toReversed()) {
      const contender = await start();
      try {
        const outcome = await play(contender, ageMs, watchSeconds(TIMINGS) * 1000 + SLACK_MS);
        outcomes[contender.name].push(outcome);
        if (contender.limitations !== '') outcomes.limitations.add(contender.limitations);
        tell(`pair ${index + 1} of ${ages.length}, ${contender.name}`, outcome);
      } finally {
        await contender.stop();
      }
    }
  }
  return outcomes;
}

function tell(what: string, { firstCommitMs, claimedMs, promotedMs, lost, doublyAccepted }: Outcome): void {
  const [claimed, promoted, committed] = [claimedMs, promotedMs, firstCommitMs].map((ms) =>
    (ms / 1000).toFixed(1),
  );
  process.stderr.write(
    `${what}: claimed after ${claimed} s, promoted after ${promoted} s, first commit after ${committed} s, ` +
      `${lost} lost, ${doublyAccepted} doubly accepted\n`,
  );
}

type Sheet = Pick<Report, 'figures' | 'samples'>;

function toReport(outcomes: Outcomes): Report {
  const ages = agesMs(PAIRS, TIMINGS);
  const [holdfast, patroni] = [
    sheet('holdfast', outcomes.holdfast, ages),
    sheet('patroni', outcomes.patroni, ages),
  ];
  const firstCommit = (of: Sheet, name: string): number => of.figures[`${name}FirstCommitMs`] ?? Number.NaN;
  return report('failover', {
    ratios: {
      firstCommitVsPatroni: rounded(firstCommit(holdfast, 'holdfast') / firstCommit(patroni, 'patroni')),
    },
    figures: { ...holdfast.figures, ...patroni.figures, ...settings() },
    samples: { killedAfterRenewalMs: ages, ...holdfast.samples, ...patroni.samples },
    notes: [...NOTES, ...versions(), ...outcomes.limitations],
  });
}

/** All figures of one side, under names that its own begins. */
function sheet(name: 'holdfast' | 'patroni', of: readonly Outcome[], ages: readonly number[]): Sheet {
  const samples: Record<string, number[]> = {};
  const figures: Record<string, number> = {};
  const keep = (what: string, total: (values: readonly number[]) => number, value: Measure): void => {
    const values = of.map((outcome, index) => Math.round(value(outcome, ages[index] ?? Number.NaN)));
    samples[`${name}${what}`] = values;
    figures[`${name}${what}`] = Math.round(total(values));
  };
  for (const [what, value] of Object.entries(PHASES)) keep(what, median, value);
  for (const [what, value] of Object.entries(WRITES)) keep(what, sum, value);
  return { figures, samples };
}

type Measure = (outcome: Outcome, ageMs: number) => number;

const PHASES: Readonly<Record<string, Measure>> = {
  FirstCommitMs: ({ firstCommitMs }) => firstCommitMs,
  // Where the time goes: the right to lead, the promotion, and until clients write.
  ClaimedMs: ({ claimedMs }) => claimedMs,
  ClaimToPrimaryMs: ({ claimedMs, promotedMs }) => promotedMs - claimedMs,
  PrimaryToFirstCommitMs: ({ promotedMs, firstCommitMs }) => firstCommitMs - promotedMs,
  // From the moment at which the wait that both promise is over.
  BeyondWaitMs: ({ firstCommitMs }, ageMs) => firstCommitMs + ageMs - watchSeconds(TIMINGS) * 1000,
};

const WRITES: Readonly<Record<string, Measure>> = {
  AcknowledgedWrites: ({ acknowledged }) => acknowledged,
  LostWrites: ({ lost }) => lost,
  DoublyAcceptedWrites: ({ doublyAccepted }) => doublyAccepted,
};

const NOTES = [
  "Both holders write their right down as often; nobody else leads before the same silence: Holdfast's W = T + 2E and a margin is Patroni's ttl.",
  "A holder stops T after its last renewal in Holdfast, loop_wait + retry_timeout after it in Patroni; loop_wait + 2 retry_timeout <= ttl is Patroni's own rule.",
  'Replication is asynchronous on both sides: what the replica had not received when the primary died is lost.',
];

/** With what both were run. */
function settings(): Record<string, number> {
  const patroni = patroniTimings(TIMINGS);
  return {
    pairs: PAIRS,
    holdfastPollSeconds: TIMINGS.pollSeconds,
    holdfastLeaseSeconds: TIMINGS.leaseSeconds,
    holdfastEnforceSeconds: TIMINGS.enforceSeconds,
    holdfastWatchSeconds: watchSeconds(TIMINGS),
    patroniLoopWaitSeconds: patroni.loop_wait,
    patroniRetryTimeoutSeconds: patroni.retry_timeout,
    patroniTtlSeconds: patroni.ttl,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
