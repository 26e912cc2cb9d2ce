import { kindOf, plan } from '../faults';
import type { Fault } from '../faults/fault';
import { Convergence } from '../invariants/convergence';
import { Lateness } from '../invariants/lateness';
import { Leases } from '../invariants/leases';
import { Loss, type LossFigures } from '../invariants/loss';
import { Moves } from '../invariants/moves';
import { Switchovers } from '../invariants/switchovers';
import { Truth } from '../invariants/truth';
import type { Rule, Violation } from '../invariants/violation';
import { Writers } from '../invariants/writers';
import { useLeanAborts } from '../world/abort';
import type { Wrap } from '../world/agent-function';
import type { Observer } from '../world/observer';
import { HOME } from '../world/places';
import { Simulation } from '../world/simulation';
import type { Script } from './script';

/** What a deliberate bug changes. */
export interface Bug {
  readonly wrap?: Wrap;
  /** Changes the world before the history begins: what the fence or the table do. */
  readonly patch?: (simulation: Simulation) => void;
}

/** What came of a history. */
export interface Outcome {
  readonly violation: Violation | undefined;
  readonly faults: ReadonlyMap<string, number>;
  readonly loss: LossFigures | undefined;
  /** Switchovers that were finished, and the acknowledged commits that were looked for after them. */
  readonly switchovers: { readonly done: number; readonly acknowledged: number; readonly lost: number };
  readonly commits: number;
  /** Commits of transactions that were past their last check when their server stalled. */
  readonly lateCommits: number;
  readonly simulatedSeconds: number;
  /** Who serves at the end, or why nobody does. */
  readonly ending: string;
}

/** After the last fault has ended, so long is waited for the end state, in milliseconds, beside what RDS needs. */
const PATIENCE_MS = 900_000;
/** An end that lasts so long is one. */
const SETTLED_MS = 12_000;
const LOOK_MS = 3_000;

/** Runs a script to its end or to the first violation. */
export async function runHistory(
  script: Script,
  bug: Bug = {},
  ...observers: readonly Observer[]
): Promise<Outcome> {
  useLeanAborts();
  const simulation = new Simulation(script.beginning, bug.wrap);
  const { scheduler } = simulation;
  const defeated = script.faults.some((fault) => kindOf(fault).defeatsFence === true);
  const truth = new Truth(simulation, defeated);
  let violation: Violation | undefined;
  const report = (rule: Rule, sentence: string): void => {
    if (violation || truth.excuses(rule, sentence)) return;
    violation = { rule, sentence, atMs: scheduler.now };
    simulation.note('Violated:', sentence);
    scheduler.end();
  };
  const leases = new Leases(simulation, report);
  const lateness = new Lateness(simulation, defeated);
  const checks = {
    writers: new Writers(simulation, leases, lateness, report),
    switchovers: new Switchovers(simulation, report),
    convergence: new Convergence(simulation),
    loss: new Loss(simulation, isUndisturbed(script.faults), report),
  };
  simulation.observe(
    ...observers,
    truth,
    leases,
    lateness,
    checks.writers,
    new Moves(simulation, report),
    checks.switchovers,
    checks.convergence,
    checks.loss,
  );
  bug.patch?.(simulation);
  simulation.begin();
  for (const fault of script.faults) plan(simulation, fault);
  const loss = script.faults.find(isLossOfHome);
  if (loss) scheduler.at(loss.atMs, () => checks.loss.lost());
  await toTheEnd(simulation, script, checks.convergence, () => violation !== undefined, report);
  truth.check(report);
  const figures = violation ? undefined : checks.loss.figures();
  const { done, acknowledged, lost } = checks.switchovers;
  return {
    violation,
    faults: simulation.faults,
    loss: figures,
    switchovers: { done, acknowledged, lost },
    commits: simulation.commits.length,
    lateCommits: checks.writers.late,
    simulatedSeconds: scheduler.now / 1000,
    ending: checks.convergence.ending(),
  };
}

const isLossOfHome = ({ kind, where, forMs }: Fault): boolean =>
  kind === 'region dies' && where === HOME && forMs === Number.POSITIVE_INFINITY;

/** Whether nothing in the plan touches what a takeover by the standby rests on. */
const isUndisturbed = (faults: readonly Fault[]): boolean =>
  faults.every(
    (fault) =>
      isLossOfHome(fault) ||
      (kindOf(fault).sparesTakeover === true && (fault.where === HOME || fault.where === 'checkers')),
  );

/** When a fault has had its effect. */
function endMs({ kind, atMs, forMs }: Fault, promotionMs: number): number {
  const lastsMs = kind === 'promoted by hand' ? promotionMs + LOOK_MS : forMs;
  return atMs + (Number.isFinite(lastsMs) ? lastsMs : 0);
}

/** Until the faults are over and the world has settled. */
async function toTheEnd(
  { scheduler, beginning }: Simulation,
  { faults, leastMs = 0 }: Script,
  convergence: Convergence,
  broken: () => boolean,
  report: (rule: Rule, sentence: string) => void,
): Promise<void> {
  const { promotionMs, renameMs, snapshotMs, creationMs } = beginning.durations;
  const overMs = Math.max(30_000, leastMs, ...faults.map((fault) => endMs(fault, promotionMs)));
  const limitMs = overMs + PATIENCE_MS + 2 * (promotionMs + renameMs + snapshotMs + creationMs);
  await scheduler.run(overMs + 1);
  let settledMs: number | undefined;
  while (!broken()) {
    settledMs = convergence.reached() ? (settledMs ?? scheduler.now) : undefined;
    if (settledMs !== undefined && scheduler.now - settledMs >= SETTLED_MS) return;
    if (scheduler.now >= limitMs) {
      const why = convergence.reason();
      report(
        10,
        `Nothing has gone wrong for ${Math.round((limitMs - overMs) / 1000)} s, and the platform has not settled${why === undefined ? '' : ` (${why})`}.`,
      );
      return;
    }
    await scheduler.run(scheduler.now + LOOK_MS);
  }
}
