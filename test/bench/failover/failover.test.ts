import { describe, expect, it } from '@jest/globals';
import { missing } from '../../../bench/failover/debian';
import { accountOf } from '../../../bench/failover/incident';
import { agesMs, patroniTimings, TIMINGS, watchSeconds } from '../../../bench/failover/timings';

describe('the lease of both sides', () => {
  it('has the renewals and the wait of Holdfast in the words of Patroni, by its own rule', () => {
    const { ttl, loop_wait, retry_timeout } = patroniTimings(TIMINGS);
    expect({ ttl, loop_wait }).toEqual({ ttl: watchSeconds(TIMINGS), loop_wait: TIMINGS.pollSeconds });
    expect(loop_wait + 2 * retry_timeout).toBeLessThanOrEqual(ttl);
  });

  it('lets both holders go on for the same time without a renewal', () => {
    const { loop_wait, retry_timeout } = patroniTimings(TIMINGS);
    expect(loop_wait + retry_timeout).toBe(TIMINGS.leaseSeconds);
  });

  it('refuses a wait that Patroni does not take', () => {
    const short = { leaseSeconds: 15, enforceSeconds: 1, marginSeconds: 1, pollSeconds: 2 };
    expect(() => patroniTimings(short)).toThrow('ttl would be 18 s; Patroni takes at least 20 s.');
  });

  it('spreads the kills evenly between two renewals', () => {
    expect(agesMs(5, TIMINGS)).toEqual([500, 1_500, 2_500, 3_500, 4_500]);
  });
});

describe('the account of writes', () => {
  const [old, next] = [1, 2];
  const at = (id: number, port: number, atMs: number) => ({ id, port, atMs });

  it('counts as lost what was acknowledged and did not survive', () => {
    const acknowledged = [at(1, old, 10), at(2, old, 20), at(3, next, 30)];
    expect(accountOf(acknowledged, new Set([1, 3]), { old, next })).toEqual({ lost: 1, doublyAccepted: 0 });
  });

  it('counts as accepted by both what the old server took from the first write of the new one on', () => {
    const acknowledged = [at(1, old, 10), at(2, next, 20), at(3, old, 20), at(4, old, 25)];
    expect(accountOf(acknowledged, new Set([1, 2]), { old, next })).toEqual({ lost: 2, doublyAccepted: 2 });
  });
});

describe("Debian's packages", () => {
  it('are asked for by name where they are missing', () => {
    const exists = (path: string): boolean => path.startsWith('/proc');
    expect(missing(exists, (program) => program === 'patroni')).toBe(
      "This benchmark needs Debian's packages postgresql-15, etcd-server: " +
        'apt-get install --no-install-recommends postgresql-15 etcd-server.',
    );
  });

  it('are not asked for where they are there', () => {
    expect(
      missing(
        () => true,
        () => true,
      ),
    ).toBeUndefined();
  });
});
