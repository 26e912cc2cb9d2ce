import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Replicas, Service } from '../../lib/config/platform';
import { deploymentBounds } from '../../lib/service/deployment';
import { evaluationPeriods, isBlind, scaleInPause, scaleInSteps } from '../../lib/service/scaling-steps';
import { platform } from '../support/synth';
import { atMost, inService } from '../support/templates';

const ANY = {
  scaleOut: { stabilizationSeconds: 0, percent: 100, replicas: 4, periodSeconds: 60 },
  scaleIn: { stabilizationSeconds: 300, percent: 50, replicas: 2, periodSeconds: 60 },
};
/** Tasks that a step takes from `running`: ECS rounds towards zero and takes one at least. */
const taken = (running: number, percent: number): number =>
  Math.max(1, Math.floor((running * percent) / 100));

const limits = fc
  .oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1000 }))
  .map((percent) => ({ percent }));
const least = fc.integer({ min: 1, max: 500 });
const above = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2000 }));

describe('scaling in', () => {
  it('keeps room for noise, however many run and however little they do', () => {
    fc.assert(
      fc.property(least, limits, above, (min, limit, more) => {
        const running = min + more;
        for (const { belowRatio, percent } of scaleInSteps(min, limit).steps) {
          // The highest load at which this step is taken is the worst.
          const left = Math.max(min, running - taken(running, percent));
          // 0.85, but for whole percents.
          expect((belowRatio * running) / left).toBeLessThan(0.86);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes more than the file allows in a step, but a single task', () => {
    fc.assert(
      fc.property(least, limits, above, (min, { percent }, more) => {
        for (const step of scaleInSteps(min, { percent }).steps)
          expect(taken(min + more, step.percent)).toBeLessThanOrEqual(taken(min + more, percent));
      }),
      { numRuns: 500 },
    );
  });

  it('always has a step below its threshold, from the lowest load up and ever gentler', () => {
    fc.assert(
      fc.property(least, limits, (min, limit) => {
        const { threshold, steps } = scaleInSteps(min, limit);
        expect(threshold).toBeGreaterThan(0);
        expect(threshold).toBeLessThan(1);
        expect(steps.at(-1)?.belowRatio).toBe(threshold);
        for (const [index, step] of steps.entries()) {
          const next = steps[index + 1];
          if (!next) continue;
          expect(step.belowRatio).toBeLessThan(next.belowRatio);
          expect(step.percent).toBeGreaterThanOrEqual(next.percent);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [0, 1],
    [59, 1],
    [60, 1],
    [61, 2],
    [300, 5],
    [3600, 60],
  ])('waits %i s in %i periods of a minute', (seconds, periods) => {
    expect(evaluationPeriods(seconds)).toBe(periods);
  });
});

describe('a rolling deployment', () => {
  const [pattern] = platform('jackcwf').services;
  const rolling = (surgePercent?: number): Service => {
    if (!pattern) throw new Error('jackcwf has no service.');
    return {
      ...pattern,
      deployment: {
        strategy: 'rolling',
        rollBackOnAlarm: true,
        ...(surgePercent === undefined ? {} : { surgePercent }),
      },
    };
  };
  const numbers = fc
    .record({ min: fc.integer({ min: 0, max: 500 }), more: above, extra: above })
    .chain(({ min, more, extra }) =>
      fc.record({
        min: fc.constant(min),
        desired: fc.constant(min + more),
        max: fc.constant(min + more + extra),
        available: fc.integer({ min: 0, max: min + more }),
      }),
    );
  const surges = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined });
  const each = (counts: Replicas): number[] => {
    const from = Math.max(1, counts.min);
    return Array.from({ length: counts.max - from + 1 }, (_, i) => from + i);
  };

  it('never leaves fewer in service than the file says, at any number to which the service was scaled', () => {
    fc.assert(
      fc.property(numbers, surges, (counts, surge) => {
        const { minimumHealthyPercent } = deploymentBounds(rolling(surge), counts);
        const short = each(counts).filter(
          (desired) => inService(desired, minimumHealthyPercent) < Math.min(desired, counts.available),
        );
        expect(short).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('can always start one more task, so that it never waits for ever', () => {
    fc.assert(
      fc.property(numbers, surges, (counts, surge) => {
        const { maximumPercent } = deploymentBounds(rolling(surge), counts);
        expect(each(counts).filter((desired) => atMost(desired, maximumPercent) <= desired)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('has bounds that ECS takes', () => {
    fc.assert(
      fc.property(numbers, surges, (counts, surge) => {
        const { minimumHealthyPercent, maximumPercent } = deploymentBounds(rolling(surge), counts);
        expect(Number.isInteger(minimumHealthyPercent) && Number.isInteger(maximumPercent)).toBe(true);
        expect(minimumHealthyPercent).toBeGreaterThan(0);
        expect(minimumHealthyPercent).toBeLessThanOrEqual(100);
        expect(maximumPercent).toBeLessThanOrEqual(200);
      }),
      { numRuns: 500 },
    );
  });
});

describe('between two steps down', () => {
  it('lies as long as it takes to measure anew for the whole time of calm', () => {
    expect(scaleInPause({ stabilizationSeconds: 300, periodSeconds: 60 })).toBe(420);
    expect(scaleInPause({ stabilizationSeconds: 0, periodSeconds: 600 })).toBe(600);
  });

  it('a service that only a queue scales loses a tenth at most, because nothing says how busy its tasks are', () => {
    fc.assert(
      fc.property(least, limits, (min, limit) => {
        const { steps } = scaleInSteps(min, limit, true);
        expect(steps).toHaveLength(1);
        expect(steps[0]?.percent).toBeLessThanOrEqual(Math.min(10, limit.percent));
      }),
    );
    expect(isBlind({ ...ANY, backlogPerTask: 5 })).toBe(true);
    expect(isBlind({ ...ANY, backlogPerTask: 5, cpuPercent: 70 })).toBe(false);
  });
});
