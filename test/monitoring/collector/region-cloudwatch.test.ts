import { describe, expect, it } from '@jest/globals';
import type { Role } from '../../../lib/config/platform';
import {
  type Configuration,
  configuration,
  READERS,
  type Reader,
} from '../../../lib/monitoring/collector/region-cloudwatch';
import { cloudWatchRequests } from '../../../lib/monitoring/collector/region-requests';
import { cloudWatchName } from '../../../lib/monitoring/metrics/cloudwatch-name';
import { CLOUDWATCH_SERIES } from '../../../lib/monitoring/metrics/series';
import { platform, SYSTEMS, variant } from '../../support/synth';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const read = (role: Role, reader: Reader, of = platform('ops-center')): Configuration => {
  const found = configuration(of, role, reader);
  if (!found) throw new Error(`${reader} of ${role} reads nothing`);
  return found;
};
/** Names of the series that an exporter makes of what it reads. */
const served = ({ discovery, static: known }: Configuration): string[] => {
  const jobs = [
    ...discovery.jobs.map(({ type, metrics }) => ({ namespace: type, metrics })),
    ...known.map(({ namespace, metrics }) => ({ namespace, metrics })),
  ];
  const names = jobs.flatMap(({ namespace, metrics }) =>
    metrics.flatMap(({ name, statistics }) =>
      statistics.map((statistic) => cloudWatchName(namespace, name, statistic)),
    ),
  );
  return [...new Set(names)].sort();
};
/** Parts that nothing makes yet. */
const NOT_MADE = ['AWS/SQS', 'AWS/AmazonMQ'];
const expected = (wanted: (one: (typeof CLOUDWATCH_SERIES)[number]['cloudWatch']) => boolean): string[] =>
  CLOUDWATCH_SERIES.filter(({ cloudWatch }) => !NOT_MADE.includes(cloudWatch.namespace) && wanted(cloudWatch))
    .map(({ name }) => name)
    .sort();
const allJobs = (configured: Configuration) => [...configured.discovery.jobs, ...configured.static];

describe('what a region reads of itself in CloudWatch', () => {
  it('is every series of the catalogue at its own pace, and nothing else', () => {
    const whole = variant('ops-center', {
      monitoring: { canaries: true },
      services: { backend: { deepHealth: { path: '/health/deep' } } },
    });
    expect(served(read('home', 'own', whole))).toEqual(expected(({ everySeconds }) => everySeconds === 60));
    expect(served(read('home', 'slow', whole))).toEqual(expected(({ everySeconds }) => everySeconds > 60));
  });

  it('is asked for in its own region, and told with its own role', () => {
    const jobs = allJobs(read('standby', 'own'));
    expect(new Set(jobs.flatMap(({ regions }) => regions))).toEqual(new Set([STANDBY]));
    for (const { customTags } of jobs) expect(customTags).toEqual([{ key: 'role', value: 'standby' }]);
  });

  it('has the resources that the platform makes, by their fixed names', () => {
    const ofNamespace = (role: Role, namespace: string) =>
      read(role, 'slow')
        .static.filter((job) => job.namespace === namespace)
        .map(({ dimensions }) => dimensions.map(({ value }) => value).join(' '));
    expect(ofNamespace('home', 'AWS/RDS')[0]).toBe('ops-center-db');
    expect(ofNamespace('home', 'ECS/ContainerInsights')).toEqual([
      'ops-center backend',
      'ops-center frontend',
    ]);
    const replicas = platform('ops-center').cache?.replicas.home ?? 0;
    expect(ofNamespace('home', 'AWS/ElastiCache')).toHaveLength(replicas + 1);
    expect(ofNamespace('home', 'AWS/ElastiCache')[0]).toBe('ops-center-cache-001');
    expect(ofNamespace('standby', 'AWS/WAFV2')[0]).toMatch(/^ops-center us-west-2 rate-/);
    expect(ofNamespace('home', 'Holdfast')).toContain('ops-center database');
  });

  it('finds by the tag of the platform alone what AWS has named, and keeps apart what has other dimensions', () => {
    const { jobs, exportedTagsOnMetrics } = read('home', 'own').discovery;
    expect(jobs.map(({ dimensionNameRequirements }) => dimensionNameRequirements)).toEqual([
      ['LoadBalancer', 'TargetGroup'],
      ['LoadBalancer'],
    ]);
    for (const { searchTags } of jobs)
      expect(searchTags).toEqual([{ key: 'holdfast:platform', value: '^ops-center$' }]);
    expect(exportedTagsOnMetrics).toEqual({ 'AWS/ApplicationELB': ['holdfast:part'] });
  });

  it('has the bill once, from the region that keeps it, as what home says', () => {
    const bills = (role: Role) =>
      read(role, 'slow').static.filter(({ namespace }) => namespace === 'AWS/Billing');
    expect(bills('home')).toMatchObject([
      {
        regions: ['us-east-1'],
        customTags: [
          { key: 'role', value: 'home' },
          { key: 'region', value: HOME },
        ],
      },
    ]);
    expect(bills('standby')).toEqual([]);
  });

  it('takes no value for nothing only where a sum is meant', () => {
    for (const { metrics } of allJobs(read('home', 'own')))
      for (const { statistics, nilToZero } of metrics) expect(nilToZero).toBe(statistics.join() === 'Sum');
  });
});

describe('what a region reads of the other one', () => {
  it('is the small set that tells that it lives, with the role of that region', () => {
    const peer = read('home', 'peer');
    expect(served(peer)).toEqual(expected(({ peer: wanted }) => wanted));
    for (const { regions, customTags } of allJobs(peer)) {
      expect(regions).toEqual([STANDBY]);
      expect(customTags).toEqual([{ key: 'role', value: 'standby' }]);
    }
  });

  it('names nothing that AWS has invented there: only the platform', () => {
    const values = read('standby', 'peer').static.flatMap(({ dimensions }) =>
      dimensions.map(({ value }) => value),
    );
    expect(values).toEqual(['ops-center']);
  });

  it('logs in where it runs, so that it can begin while the other region is away', () => {
    expect(read('standby', 'peer')['sts-region']).toBe(STANDBY);
  });
});

describe.each(SYSTEMS)('the exporters of %s', (name) => {
  const all = (['home', 'standby'] as const).flatMap((role) =>
    READERS.flatMap((reader) => configuration(platform(name), role, reader) ?? []),
  );

  it('are told nothing that they refuse', () => {
    for (const { metrics } of all.flatMap(allJobs)) {
      expect(metrics.length).toBeGreaterThan(0);
      for (const { period, length } of metrics) {
        expect(length).toBeGreaterThanOrEqual(period);
        // CloudWatch gives no more values for one request.
        expect(length / period).toBeLessThanOrEqual(1_440);
      }
    }
  });

  it('ask for no percentile alone where dimensions are known: the exporter ends at such a request', () => {
    const known = all.flatMap((one) => one.static).flatMap(({ metrics }) => metrics);
    for (const { statistics } of known) expect(statistics.some((one) => !/^p\d/.test(one))).toBe(true);
  });

  it('have a name of its own for every job', () => {
    for (const { static: known } of all)
      expect(new Set(known.map((job) => job.name)).size).toBe(known.length);
  });
});

describe('a platform without a part', () => {
  it('asks for nothing of it', () => {
    const bare = variant('ops-center', { backup: { archive: false } });
    expect(served(read('home', 'own', bare)).filter((one) => /_archive_/.test(one))).toEqual([]);
    const { database, cache, ...rest } = platform('ops-center');
    expect([database?.kind, cache?.replicas.home]).toEqual(['managed', 2]);
    const names = [...served(read('home', 'own', rest)), ...served(read('home', 'slow', rest))];
    expect(names.filter((one) => /^aws_(rds|elasticache)|_drill_|_archive_/.test(one))).toEqual([]);
  });
});

describe('the number of requests', () => {
  it('is what the configurations ask for', () => {
    const [own, slow, peer] = cloudWatchRequests(platform('ops-center'), 'home');
    expect(own).toMatchObject({ reader: 'own', everySeconds: 60 });
    // The certificate's, two of the balancer, and one of each of the two pairs of target groups.
    expect(slow).toMatchObject({ reader: 'slow', everySeconds: 300, searches: 4, found: 7 });
    const ofHoldfast = CLOUDWATCH_SERIES.filter(
      ({ source, cloudWatch }) => source === 'holdfast' && cloudWatch.peer,
    );
    expect(peer?.known).toBe(ofHoldfast.length);
  });
});
