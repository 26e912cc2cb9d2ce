import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  cacheSnapshotName,
  databaseSnapshotName,
  dueOfDatabaseSnapshot,
  timeOfCacheSnapshot,
} from '../../../lambda/backup/names';
import { dueOf, lastSlot, lastTime, stampOf, timeOfStamp } from '../../../lambda/backup/schedule';

const at = (text: string): number => Date.parse(`${text}:00Z`);
const MINUTE_MS = 60_000;
const anyMinute = fc.integer({ min: 0, max: 40_000_000 }).map((minutes) => minutes * MINUTE_MS);

describe('the last time of a schedule', () => {
  it('is today from its minute on, and yesterday before', () => {
    expect(lastTime('02:00', at('2026-11-21T02:00'))).toBe(at('2026-11-21T02:00'));
    expect(lastTime('02:00', at('2026-11-21T01:59'))).toBe(at('2026-11-20T02:00'));
    expect(lastTime('23:45', at('2027-01-01T00:00'))).toBe(at('2026-12-31T23:45'));
  });

  it('is refused for a time that no day has', () => {
    expect(() => lastTime('24:00', 0)).toThrow('24:00 is no time of day; allowed: 00:00 to 23:59.');
  });

  it('of those that cover a component comes in the order of time', () => {
    const schedules = [
      { name: 'late', at: '12:00', covers: ['database'] },
      { name: 'early', at: '02:00', covers: ['database', 'cache'] },
      { name: 'other', at: '03:00', covers: ['buckets'] },
    ] as const;
    expect(dueOf('database', schedules, at('2026-11-21T11:00'))).toEqual([
      { schedule: 'late', dueMs: at('2026-11-20T12:00') },
      { schedule: 'early', dueMs: at('2026-11-21T02:00') },
    ]);
  });

  it('of an interval begins anew at midnight', () => {
    expect(lastSlot(76, at('2026-11-21T00:10'))).toBe(at('2026-11-21T00:00'));
    expect(lastSlot(76, at('2026-11-21T02:40'))).toBe(at('2026-11-21T02:32'));
  });
});

describe('the names', () => {
  it('say for what a snapshot was taken, whatever the schedule is called', () => {
    const anyName = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,11}$/);
    fc.assert(
      fc.property(anyName, anyMinute, (schedule, dueMs) => {
        const name = databaseSnapshotName('shop-db', { schedule, dueMs });
        expect(name).toMatch(/^[a-z](-?[a-z0-9])*$/);
        expect(dueOfDatabaseSnapshot('shop-db', name)).toEqual({ schedule, dueMs });
        expect(timeOfCacheSnapshot('shop', cacheSnapshotName('shop', dueMs))).toBe(dueMs);
      }),
    );
  });

  it('are none of ours if they do not end in a time that exists', () => {
    for (const name of [
      'shop-db-backup-nightly',
      'shop-db-backup-20261121-0200',
      'shop-db-backup-nightly-20261321-0200',
      'shop-db-backup-nightly20261121-0200',
      'other-db-backup-nightly-20261121-0200',
    ]) {
      expect(dueOfDatabaseSnapshot('shop-db', name)).toBeUndefined();
    }
  });

  it('fit into what ElastiCache takes', () => {
    expect(cacheSnapshotName('x'.repeat(18), 0).length).toBeLessThanOrEqual(40);
  });

  it('carry the time to the minute', () => {
    fc.assert(fc.property(anyMinute, (ms) => expect(timeOfStamp(stampOf(ms))).toBe(ms)));
  });
});
