import { describe, expect, it } from '@jest/globals';
import { type Bug, runHistory } from '../history/run';
import { scriptOf } from '../history/script';
import type { Rule } from '../invariants/violation';
import { BUGS } from '.';

/** A bug that is not found in so many histories is not found. */
const SEEDS = 2_000;

/** @returns the rule that the first of the histories breaks in which the bug does harm; undefined if none does */
async function found(bug: Bug): Promise<Rule | undefined> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation } = await runHistory(scriptOf(seed), bug);
    if (violation) return violation.rule;
  }
  return undefined;
}

/** What each of them breaks first; not of interest where several rules see it at once. */
const BREAKS: Readonly<Record<string, readonly Rule[]>> = {
  'the watch is cut short': [5],
  'the record is written without a condition': [2],
  'a claim keeps the epoch': [2],
  'a freeze is ignored': [7],
  'a claim is given back after the promotion was asked for': [5],
  'home takes the lead back when it is protected again': [7],
  'the time between two moves is ignored': [7],
  "the limit is set from the agent's clock": [1, 4, 5],
  'the clock is read after the record was written': [1, 5],
  'the holder serves before the promotion is verified': [3],
  'enforcement that stands still is ignored': [4],
  'the lag gate is ignored': [5, 8],
  'sessions are not waited for in a switchover': [4, 8],
  'RDS is asked for the promotion before the record says so': [5],
  'a late renewal opens a closed fence': [1, 3, 6, 8],
  'the timeline is not part of the lease': [1, 3, 6],
  'statements are not checked': [1, 3, 4, 6],
  'sessions without a lease live on': [1, 3, 4, 6],
};

describe('the simulation finds', () => {
  it('all bugs that there are', () => {
    expect(Object.keys(BUGS).sort()).toEqual(Object.keys(BREAKS).sort());
  });

  it.each(Object.entries(BREAKS))('%s', async (name, rules) => {
    const bug = BUGS[name];
    if (!bug) throw new RangeError(`There is no bug "${name}".`);
    expect(rules).toContain(await found(bug));
  });
});
