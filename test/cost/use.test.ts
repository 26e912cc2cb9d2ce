import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { totalUsd } from '../../lib/cost/part';
import { useCost } from '../../lib/cost/use';
import { assumptionKeys, DEFAULT_USE, describeUse, type Use } from '../../lib/cost/use/assumptions';
import { platform, variant } from '../support/synth';
import { bareRegion, opsCenterHome, usdOf } from './hand';

const opsCenter = platform('ops-center');
const HOME = 'us-east-1';
const built = [
  opsCenterHome(opsCenter),
  { ...bareRegion('us-west-2'), tables: 1, apis: 1, fileSystems: 1 },
  { ...bareRegion('us-east-2'), tables: 1, apis: 1 },
];

describe('what the use of ops-center costs', () => {
  const { parts } = useCost(opsCenter, built);

  it.each([
    // 10 x 2,628,000 s x 20 KiB = 501.25 GiB of 0.09
    ['traffic to users', 45.11],
    // 501.25 GiB in 730 hours is more than 10 of 25 connections: 0.687 x 730 x 0.008
    ['load balancer: capacity', 4.01],
    ['AWS WAF: requests', 26.28 * 0.6],
    // 30.4 GiB of logs, 30.4 x 0.27 of the archive, and 35 days of it are read again
    ['NAT gateways: traffic', (30.417 + 8.2125 + 9.45) * 0.045],
    ['traffic between regions', (2 * 30.417 + 8.2125 + 9.45) * 0.02],
    // 50 of data, 30 of days, 4 x 7, 12 x 31: 480 GiB, of which 100 are free
    ['backups of the database', 380 * 0.095],
    ['restore drill', 3 * (0.336 + (100 * 0.115) / 730)],
    // 0.27 GiB a day for 35 days, a segment a minute, and each of those 35 days read again
    ['WAL archive', 35 * 0.27 * 0.023 + 0.0438 * 5 + 0.0504 * 0.4],
    // 29 snapshots of ElastiCache beside the free one; 55 exports of a day and thirty days of one
    ['copies of the cache', 29 * 0.085 + 85 * 0.023],
    ['objects', 50 * 0.023],
    ['images', 2 * 2 * 0.1],
    // two and two thirds runs at once, every 5 s
    ['leadership record', 1.4016 * (0.625 + 0.125)],
    ['logs', 1.05 * (30.417 * 0.5 + 30 * 0.03)],
  ])('reckons %s as by hand', (name, usd) => {
    expect(usdOf(parts, name, HOME)).toBeCloseTo(usd, 1);
  });

  it('has the questions of sixteen checkers every ten seconds at each endpoint of the leadership', () => {
    const asked = (16 * 2_628_000) / 10;
    const usd = (asked / 1e6) * 1.2 + asked * 0.02 * 0.25 * 0.0000133334;
    expect(usdOf(parts, 'leadership endpoint', 'us-east-2')).toBeCloseTo(usd, 4);
  });

  it('has files that services share where there is a file system', () => {
    expect(usdOf(parts, 'shared files', 'us-west-2')).toBeCloseTo(3, 4);
  });

  it('has an archive that is cut each second, and runs all the time, where it streams', () => {
    const streaming = variant('ops-center', { backup: { archive: { mode: 'stream' } } });
    const { parts: streamed } = useCost(streaming, built);
    expect(usdOf(streamed, 'WAL archive', HOME)).toBeGreaterThan(13);
    // a GiB for a month at 0.0000133334 a second
    expect(usdOf(streamed, 'functions on a schedule', HOME)).toBeGreaterThan(35);
  });

  it('pays locked copies a second time', () => {
    const locked = variant('ops-center', { backup: { vaultLock: true } });
    expect(usdOf(useCost(locked, built).parts, 'locked backups', HOME)).toBeCloseTo(480 * 0.095, 1);
  });
});

describe('more use', () => {
  const figure = fc.integer({ min: 0, max: 500 });
  const uses: fc.Arbitrary<Use> = fc.record({
    requestsPerSecond: figure,
    responseKib: figure,
    writesGib: figure,
    logsGib: figure,
    objectsGib: figure,
    filesGib: figure,
    cacheGib: figure,
  });

  it('never costs less', () => {
    fc.assert(
      fc.property(uses, fc.constantFrom(...assumptionKeys()), figure, (use, key, more) => {
        const usd = (one: Use): number => totalUsd(useCost(opsCenter, built, one).parts);
        expect(usd({ ...use, [key]: use[key] + more })).toBeGreaterThanOrEqual(usd(use) - 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it('is told with each figure', () => {
    for (const key of assumptionKeys()) expect(describeUse(DEFAULT_USE)).toContain(`${DEFAULT_USE[key]} `);
  });
});
