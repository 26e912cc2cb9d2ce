import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../lib/monitoring/alerts/catalogue';
import { dashboardsOf } from '../../../lib/monitoring/dashboards';
import { alertsAt, boundIn } from '../../../lib/monitoring/dashboards/bounds';
import { type Dashboard, type Panel, panelsOf } from '../../../lib/monitoring/dashboards/panel';
import { CLOUDWATCH_SERIES, metricNames, SERIES, seriesNamed } from '../../../lib/monitoring/metrics/series';
import { platform, SYSTEMS, variant } from '../../support/synth';

/** Every panel of a platform, by dashboard and slug. */
const panels = (dashboards: readonly Dashboard[]): ReadonlyMap<string, Panel> =>
  new Map(
    dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).map((panel) => [`${dashboard.name}/${panel.slug}`, panel]),
    ),
  );
const expressions = (dashboards: readonly Dashboard[]): string[] =>
  [...panels(dashboards).values()].flatMap(({ queries }) => queries.map(({ expression }) => expression));
/** Whether a series is of CloudWatch and read every five minutes. */
const isSlow = (name: string): boolean =>
  CLOUDWATCH_SERIES.some((series) => series.name === name && series.cloudWatch.everySeconds === 300);

const names = (dashboards: readonly Dashboard[]): string[] => dashboards.map(({ name }) => name);

describe.each(SYSTEMS)('the dashboards of %s', (name) => {
  const target = platform(name);
  const dashboards = dashboardsOf(target);

  it('have the panel of every alert that the platform has', () => {
    const known = panels(dashboards);
    const applying = CATALOGUE.filter((alert) => alert.appliesTo(target));
    expect(applying.length).toBeGreaterThan(30);
    expect(
      applying.filter(({ panel }) => !known.has(panel)).map((alert) => `${alert.name}: ${alert.panel}`),
    ).toEqual([]);
  });

  it('give each panel a slug of its own within its dashboard', () => {
    for (const dashboard of dashboards) {
      const slugs = panelsOf(dashboard).map(({ slug }) => slug);
      expect(new Set(slugs).size).toBe(slugs.length);
    }
  });

  it('read what is told every five minutes over a longer time: Prometheus forgets a value after five', () => {
    const slowOnes = expressions(dashboards).flatMap((one) =>
      metricNames(one).flatMap((series) => (isSlow(series) ? [{ one, series }] : [])),
    );
    expect(slowOnes.length).toBeGreaterThan(15);
    expect(
      slowOnes.filter(({ one, series }) => !new RegExp(`\\b${series}(\\{[^}]*\\})?\\[`).test(one)),
    ).toEqual([]);
  });

  it('say of a sum of five minutes that it is one, or make it one of a minute', () => {
    const sums = [...panels(dashboards).values()].filter(({ queries }) =>
      queries.some(({ expression }) =>
        metricNames(expression).some((one) => isSlow(one) && one.endsWith('_sum')),
      ),
    );
    expect(sums.length).toBeGreaterThan(2);
    const silent = sums.filter(
      ({ title, description, queries }) =>
        !/five minutes/i.test(`${title} ${description}`) &&
        !queries.every(({ expression }) => expression.endsWith(' / 5')),
    );
    expect(silent.map(({ slug }) => slug)).toEqual([]);
  });

  it('read only series that some collector brings, and those of Prometheus itself', () => {
    const read = new Set(expressions(dashboards).flatMap(metricNames));
    expect(read.size).toBeGreaterThan(40);
    expect([...read].filter((one) => one !== 'ALERTS' && !one.includes(':') && !seriesNamed(one))).toEqual(
      [],
    );
  });

  it('never show a counter as it is', () => {
    const counters = new Set(SERIES.filter(({ kind }) => kind === 'counter').map((series) => series.name));
    const bare = expressions(dashboards).flatMap((expression) =>
      metricNames(expression)
        .filter((one) => counters.has(one))
        .filter((one) => {
          const read = expression.match(new RegExp(`\\b${one}\\b`, 'g')) ?? [];
          const rates = expression.match(new RegExp(`\\b(rate|increase)\\(${one}\\b`, 'g')) ?? [];
          return rates.length < read.length;
        }),
    );
    expect(bare).toEqual([]);
  });

  it('tell of each panel what is seen', () => {
    for (const panel of panels(dashboards).values()) expect(panel.description.length).toBeGreaterThan(10);
  });
});

describe('a dashboard', () => {
  it('is made only for a part that the platform has', () => {
    expect(names(dashboardsOf(platform('jackcwf')))).not.toContain('cache');
    expect(names(dashboardsOf(platform('ops-center')))).toContain('cache');
    expect(names(dashboardsOf(platform('ops-center')))).not.toContain('queue');
    expect(names(dashboardsOf(platform('prodstack')))).toContain('queue');
  });

  it('of a platform without a managed database has neither database nor replication', () => {
    const external = dashboardsOf(
      variant('jackcwf', {
        database: {
          version: null,
          kind: 'external',
          host: 'db.example.org',
          cidr: '203.0.113.10/32',
          secret: 'db-login',
        },
        secrets: { 'db-login': { description: 'Login of the external server' } },
        services: {
          app: { secrets: { DATABASE_USER: 'db-login.username', DATABASE_PASSWORD: 'db-login.password' } },
        },
      }),
    );
    const known = [...panels(external).keys()];
    expect(names(external)).not.toContain('database');
    expect(known).toContain('recovery/lease');
    expect(known).not.toContain('recovery/archive-lag');
    expect(known).not.toContain('overview/rpo');
  });

  it('shows canaries only where they run', () => {
    const has = (canaries: boolean) =>
      panels(dashboardsOf(variant('ops-center', { monitoring: { canaries } }))).has('overview/canaries');
    expect([has(true), has(false)]).toEqual([true, false]);
  });
});

describe('the panel of the objectives', () => {
  const panelOf = (name: string) => panels(dashboardsOf(platform(name))).get('overview/objectives');

  it('shows what is left of each objective of ops-center, with the objective', () => {
    const found = panelOf('ops-center');
    expect(found?.queries.map(({ legend }) => legend)).toEqual([
      'backend (99.95 %): tasks',
      'backend (99.95 %): requests',
      'balancer (99.99 %)',
      'cache (99.9 %)',
      'database (99.99 %)',
      'frontend (99.9 %): tasks',
      'frontend (99.9 %): requests',
    ]);
    const expressions = found?.queries.map(({ expression }) => expression.slice(-9)) ?? [];
    expect(expressions[0]).toContain(' / 0.0005');
    expect(expressions[2]).toContain(' / 0.0001');
  });

  it('is not there where no single part has promised an availability', () => {
    expect(panelOf('jackcwf')).toBeUndefined();
    expect(panelOf('mercator-jupiter')).toBeUndefined();
  });
});

describe('the bound of an alert', () => {
  const target = platform('ops-center');
  const known = panels(dashboardsOf(target));
  const drawn = (alertName: string, of = target) => {
    const alert = CATALOGUE.find((one) => one.name === alertName);
    const panel = alert && known.get(alert.panel);
    return alert && panel && boundIn(panel, alert, of);
  };

  it('is drawn in the unit of its panel', () => {
    expect(drawn('HighErrorRate')).toEqual({ value: 0.05, color: 'red' });
    expect(drawn('LowCacheHitRatio')).toEqual({ value: 0.8, color: 'orange' });
    expect(drawn('TransactionIdWraparound')).toEqual({ value: 500e6, color: 'orange' });
  });

  it('is that of the platform file, with its severity', () => {
    expect(drawn('DatabaseConnectionPoolExhausted')).toEqual({ value: 8, color: 'orange' });
    const strict = variant('ops-center', {
      alerts: { thresholds: { HighErrorRate: { value: 1, severity: 'warning' } } },
    });
    expect(drawn('HighErrorRate', strict)).toEqual({ value: 0.01, color: 'orange' });
  });

  it('is left out only where the panel shows another quantity', () => {
    const everything = [platform('prodstack'), variant('ops-center', { monitoring: { canaries: true } })];
    const left = everything.flatMap((one) =>
      dashboardsOf(one).flatMap((dashboard) =>
        panelsOf(dashboard).flatMap((panel) =>
          alertsAt(one, dashboard.name, panel)
            .filter((alert) => alert.threshold && !boundIn(panel, alert, one))
            .map((alert) => alert.name),
        ),
      ),
    );
    expect([...new Set(left)].sort()).toEqual([
      'BalancerAvailabilityBurn',
      'BalancerAvailabilityBurnFast',
      'BalancerAvailabilityBurnSlow',
      'CacheAvailabilityBurn',
      'CacheAvailabilityBurnFast',
      'CacheAvailabilityBurnSlow',
      'CollectorDropping',
      'DatabaseAvailabilityBurn',
      'DatabaseAvailabilityBurnFast',
      'DatabaseAvailabilityBurnSlow',
      'ErrorBudgetBurn',
      'ErrorBudgetBurnFast',
      'ErrorBudgetBurnSlow',
      'LatencyBudgetBurn',
      'LowThroughput',
      'RegionTrafficSkew',
      'ServiceAvailabilityBurn',
      'ServiceAvailabilityBurnFast',
      'ServiceAvailabilityBurnSlow',
      'UnevenLoadDistribution',
    ]);
  });
});
