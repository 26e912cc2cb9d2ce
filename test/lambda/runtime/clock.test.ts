import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../lambda/runtime/clock';
import { FakeClock } from '../../support/fake-clock';

describe("the host's clock", () => {
  it('measures durations by a time that a step of the clock does not reach', async () => {
    const begun = systemClock.monotonic();
    const now = Date.now;
    Date.now = () => 0;
    try {
      await systemClock.sleep(5);
      expect(systemClock.now()).toBe(0);
    } finally {
      Date.now = now;
    }
    const passed = systemClock.monotonic() - begun;
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThan(60_000);
  });
});

describe('the clock of the tests', () => {
  it('moves both times together, and steps one of them alone', async () => {
    const clock = new FakeClock();
    const begun = clock.now();
    await clock.advance(4_000);
    clock.set(begun - 3_600_000);
    expect(clock.monotonic()).toBe(4_000);
    await clock.advance(1_000);
    expect(clock.monotonic()).toBe(5_000);
    expect(clock.now()).toBe(begun - 3_599_000);
  });

  it('lets a wait last as long as it was asked for, whatever the clock is set to', async () => {
    const clock = new FakeClock();
    const wait = clock.sleep(2_000);
    clock.set(clock.now() + 3_600_000);
    await clock.run(wait);
    expect(clock.monotonic()).toBe(2_000);
  });
});
