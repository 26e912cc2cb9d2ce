import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  advance,
  failed,
  type Shift,
  type Stage,
  type Standing,
  setsOf,
  sharesOf,
} from '../../../local/tasks/shift';

const CANARY: readonly Stage[] = [
  { percent: 10, forMs: 300 },
  { percent: 100, forMs: 200 },
];
const BLUE_GREEN: readonly Stage[] = [{ percent: 100, forMs: 200 }];
const STEADY: Shift = { live: { definition: 'one', slot: 0 } };

/** A service whose new tasks are all healthy, unless that is said otherwise. */
class Service {
  shift = STEADY;
  nowMs = 0;
  desired = 4;
  wanted = 'two';
  healthy = 4;
  readonly said: string[] = [];

  constructor(readonly stages: readonly Stage[] = CANARY) {}

  /** @returns the share of the second target groups, in percent */
  look(afterMs = 0): number {
    this.nowMs += afterMs;
    const { wanted, desired, stages, nowMs } = this;
    const standing: Standing = { wanted, desired, stages, nowMs, healthy: () => this.healthy };
    const { shift, says } = advance(this.shift, standing);
    this.shift = shift;
    if (says !== undefined) this.said.push(says);
    return sharesOf(shift, stages)[1];
  }

  /** So many tasks of a revision fail. */
  fail(definition: string, times: number): void {
    for (let time = 0; time < times; time += 1) this.shift = failed(this.shift, definition);
  }

  get sets(): string[] {
    return setsOf(this.shift).map(({ definition, slot }) => `${definition} in ${slot}`);
  }
}

describe('a shift of traffic', () => {
  it('goes by the steps of a canary, each as long as it says, and ends in the other target groups', () => {
    const service = new Service();
    expect([service.look(), service.look(), service.look(299), service.look(1), service.look(199)]).toEqual([
      0, 10, 10, 100, 100,
    ]);
    expect(service.sets).toEqual(['one in 0', 'two in 1']);
    expect(service.look(1)).toBe(100);
    expect(service.sets).toEqual(['two in 1']);
    expect(service.said).toEqual([
      'the new set gets 10 % of the traffic',
      'the new set gets 100 % of the traffic',
      'the old set goes',
    ]);
  });

  it('gives all at once where the service is blue/green, and the next one comes back to the first groups', () => {
    const service = new Service(BLUE_GREEN);
    expect([service.look(), service.look(), service.look(200)]).toEqual([0, 100, 100]);
    service.wanted = 'three';
    expect([service.look(), service.look()]).toEqual([100, 0]);
    expect(service.sets).toEqual(['two in 1', 'three in 0']);
  });

  it('gives nothing before every task of the new set is healthy, and no more while one is not', () => {
    const service = new Service();
    service.healthy = 3;
    expect([service.look(), service.look(10_000)]).toEqual([0, 0]);
    service.healthy = 4;
    expect(service.look()).toBe(10);
    service.healthy = 3;
    expect(service.look(10_000)).toBe(10);
  });

  it('is given up when tasks of the new set have failed, and that revision is not tried again', () => {
    const service = new Service();
    service.look();
    service.look();
    service.fail('two', 2);
    expect(service.look()).toBe(10);
    service.fail('two', 1);
    expect(service.look()).toBe(0);
    expect(service.sets).toEqual(['one in 0']);
    expect(service.said.at(-1)).toBe('3 tasks of the new set failed: it goes, and the old one serves on');
    expect([service.look(10_000), service.sets]).toEqual([0, ['one in 0']]);
    service.wanted = 'three';
    service.look();
    expect(service.sets).toEqual(['one in 0', 'three in 1']);
  });

  it.each([
    [2, 3],
    [20, 10],
    [1000, 200],
  ])('of %i tasks bears less than %i failures', (desired, most) => {
    const service = new Service();
    service.desired = desired;
    service.healthy = 0;
    service.look();
    service.fail('two', most - 1);
    service.look();
    expect(service.sets).toHaveLength(2);
    service.fail('two', 1);
    service.look();
    expect(service.sets).toEqual(['one in 0']);
  });

  it('does not count tasks of the old set', () => {
    const service = new Service();
    service.look();
    service.fail('one', 50);
    service.look();
    expect(service.sets).toHaveLength(2);
  });

  it('begins anew for a third revision, without traffic for the second one', () => {
    const service = new Service();
    service.look();
    service.look();
    service.wanted = 'three';
    expect([service.look(), service.sets]).toEqual([0, ['one in 0']]);
    expect([service.look(), service.sets]).toEqual([0, ['one in 0', 'three in 1']]);
  });

  it('never sends traffic to a set that is not kept, whatever happens in whatever order', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      wanted: fc.constantFrom('one', 'two', 'three'),
      healthy: fc.integer({ min: 0, max: 4 }),
      failures: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const service = new Service();
        for (const { afterMs, wanted, healthy, failures } of steps) {
          Object.assign(service, { wanted, healthy });
          service.fail(wanted, failures);
          service.look(afterMs);
          const slots = setsOf(service.shift).map(({ slot }) => slot);
          const shares = sharesOf(service.shift, CANARY);
          expect(shares[0] + shares[1]).toBe(100);
          expect(([0, 1] as const).filter((slot) => shares[slot] > 0 && !slots.includes(slot))).toEqual([]);
        }
      }),
    );
  });
});
