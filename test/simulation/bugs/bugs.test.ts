import { describe, expect, it } from '@jest/globals';
import { type Bug, runHistory } from '../history/run';
import { type Script, scriptOf } from '../history/script';
import type { Rule } from '../invariants/violation';
import { HOME, STANDBY } from '../world/places';
import { BUGS } from '.';

/** A bug that is not found in so many histories is not found. */
const SEEDS = 2_000;

interface Expected {
  /** What the bug breaks first; not of interest where several rules see it at once. */
  readonly rules: readonly Rule[];
  /** The first seed that showed it when this was written. The search begins there and goes round: it may move with the code. */
  readonly from: number;
  /** Histories of its own, for a bug that the others show too seldom. */
  readonly script?: (seed: number) => Script;
}

/** A switchover while some messages arrive late: one of them is the renewal of a run that has decided before the drain. */
function withMessagesAstray(seed: number): Script {
  const { beginning } = scriptOf(seed);
  const place = { where: HOME, to: STANDBY } as const;
  return {
    theme: 'operation',
    beginning: { ...beginning, firstDeployment: false },
    faults: [
      { ...place, kind: 'messages astray', atMs: 5_000, forMs: 70_000, size: 0.1 },
      { ...place, kind: 'switchover', atMs: 20_000 + (seed % 10) * 1_000, forMs: 0, size: 1 },
    ],
  };
}

/** @returns the rule that the first of the histories breaks in which the bug does harm; undefined if none does */
async function found(bug: Bug, { from, script = scriptOf }: Expected): Promise<Rule | undefined> {
  for (let i = 0; i < SEEDS; i += 1) {
    const seed = ((from - 1 + i) % SEEDS) + 1;
    const { violation } = await runHistory(script(seed), bug);
    if (violation) return violation.rule;
  }
  return undefined;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'the watch is cut short': { rules: [5], from: 2 },
  'the record is written without a condition': { rules: [2], from: 1 },
  'a claim keeps the epoch': { rules: [2], from: 1 },
  'a freeze is ignored': { rules: [7], from: 15 },
  'a claim is given back after the promotion was asked for': { rules: [5], from: 8 },
  'home takes the lead back when it is protected again': { rules: [7], from: 16 },
  'the time between two moves is ignored': { rules: [7], from: 339 },
  "the limit is set from the agent's clock": { rules: [1, 4, 5], from: 6 },
  'the clock is read after the record was written': { rules: [1, 5], from: 8 },
  'the holder serves before the promotion is verified': { rules: [3], from: 1 },
  'enforcement that stands still is ignored': { rules: [4], from: 1 },
  'the lag gate is ignored': { rules: [5, 8], from: 47 },
  'sessions are not waited for in a switchover': { rules: [4, 8], from: 5 },
  'RDS is asked for the promotion before the record says so': { rules: [5], from: 1 },
  'a late renewal opens a closed fence': {
    rules: [1, 3, 6, 8],
    from: 1,
    script: withMessagesAstray,
  },
  'the timeline is not part of the lease': { rules: [1, 3, 6], from: 478 },
  'statements are not checked': { rules: [1, 3, 4, 6], from: 1 },
  'sessions without a lease live on': { rules: [1, 3, 4, 6], from: 17 },
};

describe('the simulation finds', () => {
  it('all bugs that there are', () => {
    expect(Object.keys(BUGS).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))('%s', async (name, expected) => {
    const bug = BUGS[name];
    if (!bug) throw new RangeError(`There is no bug "${name}".`);
    expect(expected.rules).toContain(await found(bug, expected));
  });
});
