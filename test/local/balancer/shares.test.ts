import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Shares } from '../../../local/balancer/shares';

const pair = (blue: number, green: number) => [
  { group: 'blue', weight: blue },
  { group: 'green', weight: green },
];
const take = (shares: Shares, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => shares.next());
const counted = (all: readonly (string | undefined)[], group: string): number =>
  all.filter((one) => one === group).length;

describe('the traffic of a rule', () => {
  it('goes to the one group that has a weight', () => {
    expect(new Set(take(new Shares(pair(0, 100)), 20))).toEqual(new Set(['green']));
    expect(take(new Shares([{ group: 'web', weight: 1 }]), 3)).toEqual(['web', 'web', 'web']);
  });

  it('is divided by the weights within any hundred requests', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 300 }), (percent, first) => {
        const shares = new Shares(pair(100 - percent, percent));
        take(shares, first);
        expect(counted(take(shares, 100), 'green')).toBe(percent);
      }),
    );
  });

  it('follows new weights from the next request on', () => {
    const shares = new Shares(pair(100, 0));
    take(shares, 7);
    shares.set(pair(0, 100));
    expect(take(shares, 5)).toEqual(Array.from({ length: 5 }, () => 'green'));
    expect([shares.weightOf('blue'), shares.weightOf('green'), shares.weightOf('other')]).toEqual([
      0, 100, 0,
    ]);
  });

  it('goes nowhere where no group has a weight', () => {
    expect(new Shares(pair(0, 0)).next()).toBeUndefined();
    expect(new Shares([]).next()).toBeUndefined();
  });
});
