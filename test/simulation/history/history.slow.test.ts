import { describe, expect, it } from '@jest/globals';
import { BUGS } from '../bugs';
import { FAULTS } from '../faults';
import { runHistory } from './run';
import { scriptOf } from './script';
import { shrink } from './shrink';
import { tell } from './story';

const SEEDS = Array.from({ length: 400 }, (_, index) => index + 1);

describe('a history', () => {
  it.each([3, 15, 42, 47])('of seed %i is the same each time, byte for byte', async (seed) => {
    const first = await tell(scriptOf(seed));
    expect(first.length).toBeGreaterThan(5);
    expect(await tell(scriptOf(seed))).toEqual(first);
  });

  it('has every kind of fault in it in one seed or another', () => {
    const kinds = new Set(SEEDS.flatMap((seed) => scriptOf(seed).faults.map(({ kind }) => kind)));
    expect(Object.keys(FAULTS).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('counts its faults when they happen', async () => {
    const { faults } = await runHistory(scriptOf(1));
    expect(faults.get('region dies')).toBe(1);
  });

  it('breaks no rule in the first seeds', async () => {
    for (const seed of SEEDS.slice(0, 60))
      expect((await runHistory(scriptOf(seed))).violation).toBeUndefined();
  });
});

describe('a story of a violation', () => {
  const bug = BUGS['the lag gate is ignored'] ?? {};

  it('has no fault in it that is not needed, and ends with what was violated', async () => {
    const seed = 47;
    const { violation } = await runHistory(scriptOf(seed), bug);
    if (!violation) throw new Error('The seed breaks nothing any more: choose another one.');
    const shortest = await shrink(scriptOf(seed), violation.rule, bug);
    for (const fault of shortest.faults) {
      const without = { ...shortest, faults: shortest.faults.filter((other) => other !== fault) };
      expect((await runHistory(without, bug)).violation?.rule).not.toBe(violation.rule);
    }
    expect((await tell(shortest, bug)).at(-1)).toMatch(/Violated: /);
  });
});
