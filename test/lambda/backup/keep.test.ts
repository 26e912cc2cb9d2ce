import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KeepRule } from '../../../lambda/backup/contract';
import { type Dated, keep, keepRecent } from '../../../lambda/backup/keep';
import { DAY_MS, isoOf } from '../../../lambda/backup/schedule';

const START = Date.UTC(2026, 0, 1, 2);
const NOW = Date.UTC(2027, 11, 31, 23);
const backup = (dueMs: number): Dated => ({ name: isoOf(dueMs), dueMs });
const daily = (days: number, from = START): Dated[] =>
  Array.from({ length: days }, (_, index) => backup(from + index * DAY_MS));

const anyRule: fc.Arbitrary<KeepRule> = fc.record({
  daily: fc.integer({ min: 0, max: 12 }),
  weekly: fc.integer({ min: 0, max: 8 }),
  monthly: fc.integer({ min: 0, max: 14 }),
});
/** Some of the hours of two years. */
const anyBackups: fc.Arbitrary<Dated[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 700 * 24 }), { maxLength: 120 })
  .map((hours) => hours.map((hour) => backup(START + hour * 3_600_000)));
const newestFirst = (backups: readonly Dated[]): Dated[] => [...backups].sort((a, b) => b.dueMs - a.dueMs);
const dayOf = ({ dueMs }: Dated): number => Math.floor(dueMs / DAY_MS);

describe('grandfather, father and son', () => {
  it('keep the last seven days, the ends of four weeks and of the months of a year', () => {
    const kept = keep(daily(400), { daily: 7, weekly: 4, monthly: 12 }, NOW);
    const dates = [...kept].map((name) => name.slice(0, 10)).sort();
    expect(dates).toEqual([
      // 400 days from the first of January 2026 end on Thursday, 4 February 2027.
      ...['2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31'],
      ...['2026-09-30', '2026-10-31', '2026-11-30', '2026-12-31'],
      ...['2027-01-17', '2027-01-24', '2027-01-29', '2027-01-30', '2027-01-31'],
      ...['2027-02-01', '2027-02-02', '2027-02-03', '2027-02-04'],
    ]);
  });

  it('count days that have a backup, so that a month of silence gives nothing up', () => {
    const backups = daily(7);
    const rule = { daily: 7, weekly: 0, monthly: 0 };
    expect(keep(backups, rule, START + 300 * DAY_MS).size).toBe(7);
  });

  it('always keep the newest, even by a rule that keeps nothing', () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, rule) => {
        const [newest] = newestFirst(backups);
        fc.pre(newest !== undefined);
        expect(keep(backups, rule, NOW)).toContain(newest?.name);
      }),
    );
  });

  it('keep one by a rule that asks for none', () => {
    expect(keep(daily(3), { daily: 0, weekly: 0, monthly: 0 }, NOW).size).toBe(1);
  });

  it('keep no more than the rule says', () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, rule) => {
        const most = Math.max(1, rule.daily) + rule.weekly + rule.monthly;
        expect(keep(backups, rule, NOW).size).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('keep the last backup of each of the newest days', () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, rule) => {
        const kept = keep(backups, rule, NOW);
        const days = [...new Set(newestFirst(backups).map(dayOf))].slice(0, rule.daily);
        for (const day of days) {
          const last = newestFirst(backups).find((one) => dayOf(one) === day);
          expect(kept).toContain(last?.name);
        }
      }),
    );
  });

  it('come to the same whether old ones are removed at every step or never', () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, rule) => {
        let left: readonly Dated[] = [];
        for (const next of [...backups].sort((a, b) => a.dueMs - b.dueMs)) {
          const now = [...left, next];
          const kept = keep(now, rule, next.dueMs);
          left = now.filter(({ name }) => kept.has(name));
        }
        expect(new Set(left.map(({ name }) => name))).toEqual(keep(backups, rule, NOW));
      }),
    );
  });

  it('leave alone what is dated in the future, and let it stand for nothing', () => {
    const backups = daily(10);
    const now = START + 4 * DAY_MS;
    const kept = keep(backups, { daily: 1, weekly: 0, monthly: 0 }, now);
    expect([...kept].sort()).toEqual(backups.slice(4).map(({ name }) => name));
  });
});

describe('the recent ones', () => {
  it('are all those of the last 24 hours and the last of each day before', () => {
    const hourly = Array.from({ length: 72 }, (_, index) => backup(START + index * 3_600_000));
    const now = START + 71 * 3_600_000;
    const kept = keepRecent(hourly, 4, now);
    expect(kept.size).toBe(24 + 2);
    expect(kept).toContain(isoOf(Date.UTC(2026, 0, 1, 23)));
    expect(kept).toContain(isoOf(Date.UTC(2026, 0, 2, 23)));
  });
});
