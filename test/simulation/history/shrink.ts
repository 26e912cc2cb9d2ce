import type { Fault } from '../faults/fault';
import type { Rule } from '../invariants/violation';
import { type Bug, runHistory } from './run';
import type { Script } from './script';

/** So many histories are run at most to make one shorter. */
const RUNS_MAX = 200;
/** A fault shorter than this is not made shorter still, in milliseconds. */
const SHORT_MS = 2_000;

/**
 * Looks for a shorter history that breaks the same rule: leaves faults out one at a time, then makes those that are left
 * shorter, for as long as that changes anything.
 * @param rule that `script` breaks
 */
export async function shrink(script: Script, rule: Rule, bug: Bug = {}): Promise<Script> {
  let runs = 0;
  let best = script;
  const stillBreaks = async (faults: readonly Fault[]): Promise<boolean> => {
    if (runs >= RUNS_MAX) return false;
    runs += 1;
    const candidate = { ...best, faults };
    const { violation } = await runHistory(candidate, bug);
    if (violation?.rule !== rule) return false;
    best = candidate;
    return true;
  };
  for (let changed = true; changed && runs < RUNS_MAX; ) {
    changed =
      (await leaveOut(() => best.faults, stillBreaks)) || (await shorten(() => best.faults, stillBreaks));
  }
  return best;
}

type Try = (faults: readonly Fault[]) => Promise<boolean>;

async function leaveOut(faults: () => readonly Fault[], stillBreaks: Try): Promise<boolean> {
  for (const fault of faults()) {
    if (await stillBreaks(faults().filter((other) => other !== fault))) return true;
  }
  return false;
}

async function shorten(faults: () => readonly Fault[], stillBreaks: Try): Promise<boolean> {
  for (const fault of faults()) {
    if (!Number.isFinite(fault.forMs) || fault.forMs < SHORT_MS) continue;
    const shorter = { ...fault, forMs: fault.forMs / 2 };
    if (await stillBreaks(faults().map((other) => (other === fault ? shorter : other)))) return true;
  }
  return false;
}
