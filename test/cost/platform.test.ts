import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Platform } from '../../lib/config/platform';
import { monitoringCost } from '../../lib/cost/monitoring';
import { totalUsd } from '../../lib/cost/part';
import { platformCost } from '../../lib/cost/platform';
import { cacheNodeHourUsd, databaseHourUsd, PRICES } from '../../lib/cost/prices';
import { platform, variant } from '../support/synth';
import { bareRegion, opsCenterHome, usdOf } from './hand';

const opsCenter = platform('ops-center');
const built = [opsCenterHome(opsCenter), bareRegion('us-west-2')];

describe('what ops-center costs without its monitoring', () => {
  const { parts, unpriced } = platformCost(opsCenter, built);

  it.each([
    // 3 x (0.5 x 0.04048 + 1 x 0.004445) x 730 + 3 x (2 x 0.04048 + 4 x 0.004445) x 730
    // without 160 MiB of each of six tasks, which are the collectors'
    ['tasks of the services', 270.3 - 3.04],
    // two instances of 0.336 an hour with 100 GiB of 0.115
    ['database', 2 * (245.28 + 11.5)],
    // 3 x 0.052 x 730
    ['cache', 113.88],
    // 43,800 runs x 160 s x 0.25 GiB x 0.0000133334, and 0.20 for a million runs
    ['region agent', 23.37],
    // 3 x 0.045 x 730
    ['NAT gateways', 98.55],
    // three of gateways and three of the balancer, 0.005 x 730 each
    ['public addresses', 21.9],
    ['load balancer', 16.425],
    ['AWS WAF', 5 + 5 * 1],
    ['keys and secrets', 3 + 8 * 0.4],
    ['health checks', 6 * 0.5 + 8 * 1],
  ])('reckons %s as by hand', (name, usd) => {
    expect(usdOf(parts, name, 'us-east-1')).toBeCloseTo(usd, 1);
  });

  it('has one task of each service and one instance in the standby', () => {
    expect(usdOf(parts, 'tasks of the services', 'us-west-2')).toBeCloseTo(18.02 + 72.08 - 2 * 0.51, 1);
    expect(usdOf(parts, 'database', 'us-west-2')).toBeCloseTo(122.64 + 11.5, 1);
  });

  it('knows the price of everything', () => {
    expect(unpriced).toEqual([]);
  });
});

describe('an estimate', () => {
  const withTasks = (base: Platform, home: number, standby: number): Platform => ({
    ...base,
    services: base.services.map((service) => ({
      ...service,
      replicas: {
        home: { ...service.replicas.home, desired: home },
        standby: { ...service.replicas.standby, desired: standby },
      },
    })),
  });
  const parts = (of: Platform) => [...platformCost(of, built).parts, ...monitoringCost(of, built).parts];

  it('never costs less for more tasks, nor does its monitoring', () => {
    const count = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(count, count, count, count, (home, standby, moreHome, moreStandby) => {
        const few = withTasks(opsCenter, home, standby);
        const many = withTasks(opsCenter, home + moreHome, standby + moreStandby);
        expect(totalUsd(parts(many))).toBeGreaterThanOrEqual(totalUsd(parts(few)));
        expect(totalUsd(monitoringCost(many, built).parts)).toBeGreaterThanOrEqual(
          totalUsd(monitoringCost(few, built).parts),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('has only positive parts, each with how it comes about, and no two of the same name in a region', () => {
    for (const { usdPerMonth, how } of parts(opsCenter)) {
      expect(usdPerMonth).toBeGreaterThanOrEqual(0);
      expect(how).not.toBe('');
    }
    const keys = parts(opsCenter).map(({ name, region }) => `${name} ${region}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has no task in a standby that is a pilot light, and no metrics of one', () => {
    const dark = variant('ops-center', { regions: { standby: { tier: 'pilot-light' } } });
    const names = parts(dark)
      .filter(({ region }) => region === 'us-west-2')
      .map(({ name }) => name);
    expect(names).not.toContain('tasks of the services');
    expect(names).not.toContain('Container Insights');
  });

  it('says what it has no price for instead of leaving it out in silence', () => {
    const odd = variant('ops-center', { database: { class: 'db.x9z.large', cpu: null, memory: null } });
    expect(platformCost(odd, built).unpriced).toEqual([
      'The price of the instances of db.x9z.large is not in the table.',
    ]);
  });
});

describe('prices of a family', () => {
  it('double with the size', () => {
    expect(databaseHourUsd(PRICES, 'db.r7g.4xlarge')).toBeCloseTo(0.239 * 8);
    expect(cacheNodeHourUsd(PRICES, 'cache.r7g.xlarge')).toBeCloseTo(0.1752 * 2);
  });

  it('are unknown for a family that is not in the table', () => {
    expect(databaseHourUsd(PRICES, 'db.x9z.xlarge')).toBeUndefined();
  });
});
