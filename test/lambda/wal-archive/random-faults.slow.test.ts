import './support/zlib-at-once';
import { describe, expect, it } from '@jest/globals';
import { History } from './support/history';

/**
 * Histories of chance: commits, archivers, and everything that can go wrong around them, in any order and all at once. A
 * failure names the seed that repeats it.
 */

const STEPS = 1_000;
/** Others can be given: `SEEDS=31,32 npx jest --config jest.slow.cjs random-faults`. */
const SEEDS = (process.env.SEEDS ?? '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20')
  .split(',')
  .map(Number);
/** In each history; on average there are some 185. What is left are commits, runs and calm. */
const FAULTS_LEAST = 130;

describe('a history of chance', () => {
  for (const seed of SEEDS) {
    it(`of ${STEPS} steps: everything is archived once, in order, and confirmed only when it is durable (seed ${seed})`, async () => {
      const history = new History(seed);
      await history.run(STEPS);
      // All in one object, so that a failure shows the seed and what went wrong.
      expect({ seed, ...(await history.verdict()) }).toEqual({
        seed,
        violations: [],
        wrong: [],
        lostWithoutGap: [],
        farDiffers: [],
      });
      expect(history.tally.committed).toBeGreaterThan(STEPS / 4);
      expect(history.tally.runs).toBeGreaterThan(STEPS / 20);
      expect(history.tally.faults).toBeGreaterThan(FAULTS_LEAST);
    }, 120_000);
  }
});
