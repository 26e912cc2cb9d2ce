import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Outcome, outcomeOf, retryAfterMs } from '../../../lambda/alert-relay/deliver/outcome';
import { persist } from '../../../lambda/alert-relay/deliver/persist';
import { FakeClock } from '../../support/fake-clock';

const later = (afterMs = 0): Outcome => ({ kind: 'later', sentence: 'not now', afterMs });
const delivered: Outcome = { kind: 'delivered' };

/** Attempts that take no time, with when each began. */
function persisting(script: readonly Outcome[], seconds: number, roll = 0.5) {
  const clock = new FakeClock();
  const begun: number[] = [];
  const once = async (): Promise<Outcome> => {
    begun.push(clock.monotonic());
    return script[Math.min(begun.length, script.length) - 1] ?? delivered;
  };
  const work = persist(once, { clock, dice: { roll: () => roll }, deadline: seconds * 1000 });
  return { done: clock.run(work), begun, clock };
}

describe('a message that is not taken', () => {
  it('is tried again after waits that double up to eight seconds', async () => {
    const { done, begun } = persisting([later()], 30, 1 - Number.EPSILON);
    expect((await done).outcome.kind).toBe('later');
    expect(begun.map(Math.round)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 23_500]);
  });

  it('is not tried before the time that the server names, however short the own wait is', async () => {
    const { done, begun } = persisting([later(7_000), delivered], 30);
    expect((await done).outcome.kind).toBe('delivered');
    expect(begun).toEqual([0, 7_000]);
  });

  it('is left to the queue at once if the server names a time that is too late', async () => {
    const { done, begun, clock } = persisting([later(60_000)], 30);
    expect(await done).toMatchObject({ attempts: 1 });
    expect([begun.length, clock.monotonic()]).toEqual([1, 0]);
  });

  it('is not tried again if it is refused', async () => {
    const { done, begun } = persisting([{ kind: 'refused', sentence: 'no' }], 30);
    expect((await done).outcome.kind).toBe('refused');
    expect(begun).toHaveLength(1);
  });

  it('never keeps the run beyond its end, whatever the answers are', () => {
    const outcomes = fc.oneof(fc.constant(delivered), fc.nat(20_000).map(later));
    return fc.assert(
      fc.asyncProperty(
        fc.array(outcomes, { minLength: 1, maxLength: 20 }),
        fc.nat(40),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (script, seconds, roll) => {
          const { done, clock } = persisting(script, seconds, roll);
          await done;
          expect(clock.monotonic()).toBeLessThanOrEqual(seconds * 1000);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('an answer', () => {
  const answer = (status: number) =>
    outcomeOf({ kind: 'answer', status, retryAfter: undefined, reason: '' }, 'Slack', 0).kind;

  it('of success is a delivery', () => {
    expect([200, 202, 204].map(answer)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('of a server in trouble, or one that asks to wait, is tried again; every other refusal is one', () => {
    expect([408, 425, 429, 500, 502, 503, 504].map(answer)).toEqual(Array(7).fill('later'));
    expect([301, 302, 400, 401, 403, 404, 410, 413, 422].map(answer)).toEqual(Array(9).fill('refused'));
  });

  it('names the time to come again in seconds or as a date', () => {
    const now = Date.UTC(2026, 10, 21, 8, 0, 0);
    expect(retryAfterMs('3', now)).toBe(3_000);
    expect(retryAfterMs('Sat, 21 Nov 2026 08:00:05 GMT', now)).toBe(5_000);
    expect(
      [undefined, '', 'soon', 'Sat, 21 Nov 2020 08:00:05 GMT'].map((text) => retryAfterMs(text, now)),
    ).toEqual([0, 0, 0, 0]);
  });
});
