import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Agenda, isIn, parseSchedule } from '../../../local/postgres/agenda';

const matches = (schedule: string, at: string): boolean => {
  const parsed = parseSchedule(schedule);
  if (!parsed) throw new Error(`no schedule: ${schedule}`);
  return isIn(parsed, new Date(at));
};

describe('a schedule of five fields', () => {
  it.each([
    ['* * * * *', '2026-02-28T12:34:56Z'],
    ['*/5 3 * * *', '2026-02-28T03:25:00Z'],
    ['10-30/10,59 * * * *', '2026-02-28T00:30:00Z'],
    ['0 0 1 jan *', '2026-01-01T00:00:00Z'],
    ['0 0 * * mon-fri', '2026-02-27T00:00:00Z'],
    ['0 0 * * 7', '2026-03-01T00:00:00Z'],
    ['0 0 $ * *', '2026-02-28T00:00:00Z'],
    // Either day counts where both are given.
    ['0 0 13 * fri', '2026-02-27T00:00:00Z'],
    ['0 0 13 * fri', '2026-03-13T00:00:00Z'],
  ])('%s is so at %s', (schedule, at) => {
    expect(matches(schedule, at)).toBe(true);
  });

  it.each([
    ['*/5 3 * * *', '2026-02-28T03:26:00Z'],
    ['*/5 3 * * *', '2026-02-28T04:25:00Z'],
    ['0 0 1 jan *', '2026-02-01T00:00:00Z'],
    ['0 0 * * mon-fri', '2026-02-28T00:00:00Z'],
    ['0 0 $ * *', '2026-02-27T00:00:00Z'],
    ['0 0 */2 * fri', '2026-02-28T00:00:00Z'],
  ])('%s is not so at %s', (schedule, at) => {
    expect(matches(schedule, at)).toBe(false);
  });

  it.each(['* * * *', '* * * * * *', '60 * * * *', '5-1 * * * *', '*/0 * * * *', 'x * * * *', '* * * foo *'])(
    'is not %s',
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );

  it('at a minute and an hour is so once a day', () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(23), fc.integer({ min: 0, max: 20_000 }), (minute, hour, day) => {
        const of = (step: number) => new Date((day * 1440 + step) * 60_000).toISOString();
        const times = Array.from({ length: 1440 }, (_, step) => matches(`${minute} ${hour} * * *`, of(step)));
        expect(times.filter(Boolean)).toHaveLength(1);
        expect(times[hour * 60 + minute]).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('an agenda', () => {
  const NOON = Date.UTC(2026, 0, 31, 12);

  /** @returns after how many seconds a job ran, asked each second */
  function ran(schedule: string, minuteMs: number, seconds: number, startMs = NOON): number[] {
    let nowMs = startMs;
    const agenda = new Agenda(minuteMs, () => nowMs);
    const times: number[] = [];
    for (let second = 0; second <= seconds; second += 1) {
      nowMs = startMs + second * 1000;
      if (agenda.isDue('1', schedule)) times.push(second);
    }
    return times;
  }

  it('lets a job run every so many seconds, at once for the first time', () => {
    expect(ran('5 seconds', 15_000, 16)).toEqual([0, 5, 10, 15]);
  });

  it('lets a job run once in each of its minutes, from the next one on', () => {
    expect(ran('* * * * *', 60_000, 185, NOON + 20_000)).toEqual([40, 100, 160]);
    expect(ran('*/2 * * * *', 60_000, 300)).toEqual([120, 240]);
  });

  it('makes the minutes shorter, and with them hours', () => {
    expect(ran('* * * * *', 15_000, 46)).toEqual([15, 30, 45]);
    expect(ran('0 13 * * *', 1_000, 100)).toEqual([60]);
  });
});
