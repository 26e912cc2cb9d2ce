import { describe, expect, it } from '@jest/globals';
import { parsePlatform } from '../../lib/config/load';
import {
  clientsFollowWithinSeconds,
  closedAfterSeconds,
  describeTimings,
  fencingMarginSeconds,
  watchSeconds,
  writableWithinSeconds,
} from '../../lib/config/timings';
import { edit, FILE, VALID } from './fixture';

const DEFAULT = { leaseSeconds: 60, enforceSeconds: 5, pollSeconds: 5 };

describe('the timings of a failover', () => {
  it('are 105 s by default and 70 s with a lease of 25 s, without the promotion', () => {
    expect(writableWithinSeconds(DEFAULT)).toBe(105);
    expect(writableWithinSeconds({ ...DEFAULT, leaseSeconds: 25 })).toBe(70);
  });

  it.each([
    [15, 1],
    [60, 5],
    [300, 8],
  ])('are T + 2E + 35 with T = %d and E = %d, and leave a margin of 5 s', (leaseSeconds, enforceSeconds) => {
    const timings = { leaseSeconds, enforceSeconds, pollSeconds: 5 };
    expect(writableWithinSeconds(timings)).toBe(leaseSeconds + 2 * enforceSeconds + 35);
    expect(closedAfterSeconds(timings)).toBe(leaseSeconds + 2 * enforceSeconds);
    expect(watchSeconds(timings)).toBe(leaseSeconds + 2 * enforceSeconds + 5);
    expect(fencingMarginSeconds(timings)).toBe(5);
  });

  it('grow with a longer watch, and so does the margin', () => {
    const longer = { ...DEFAULT, watchSeconds: 100 };
    expect(writableWithinSeconds(longer)).toBe(130);
    expect(fencingMarginSeconds(longer)).toBe(30);
  });

  it('of clients are three health checks and the TTL', () => {
    expect(clientsFollowWithinSeconds({ ttlSeconds: 60 })).toBe(90);
  });

  it('are said in three sentences', () => {
    expect(describeTimings(parsePlatform(VALID, FILE))).toEqual([
      'A region that cannot renew its lease takes no more writes after 60 s; its last session is gone after 70 s, 5 s before the other may claim.',
      'Writable again within 105 s and the time of the promotion; the objective of 900 s leaves 795 s for it.',
      'Clients follow within 90 s more: 3 health checks 10 s apart and a TTL of 60 s.',
    ]);
  });

  it('say that without a managed database nothing is promoted', () => {
    const start = VALID.indexOf('database:\n');
    const end = VALID.indexOf('cache:\n  replicas');
    const text = edit(
      VALID.slice(0, start) + VALID.slice(end),
      ['      DATABASE_USER: database.username\n      SESSION_KEY', '      SESSION_KEY'],
      ['      DATABASE_USER: database.username\n', ''],
      ['covers: [database]', 'covers: [cache]'],
    );
    expect(describeTimings(parsePlatform(text, FILE))[0]).toBe(
      'The standby leads within 105 s of the loss of home; there is no managed database to promote.',
    );
  });
});
