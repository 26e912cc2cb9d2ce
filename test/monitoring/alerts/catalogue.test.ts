import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Platform, Role } from '../../../lib/config/platform';
import { COMPONENTS, DASHBOARDS, SEVERITIES, TEAMS } from '../../../lib/monitoring/alerts/alert';
import { alertsOf, CATALOGUE, CATEGORIES, RUNBOOK } from '../../../lib/monitoring/alerts/catalogue';
import { metricNames, seriesNamed } from '../../../lib/monitoring/metrics/series';
import { recordGroups } from '../../../lib/monitoring/rules/records';
import { everything } from '../../alerts/platform';
import { platform as named, ROOT, SYSTEMS, variant } from '../../support/synth';

const ROLES: readonly Role[] = ['home', 'standby'];
const names = CATALOGUE.map(({ name }) => name);

const test = z.object({
  name: z.string(),
  alert_rule_test: z
    .array(
      z.object({
        alertname: z.string(),
        exp_alerts: z.array(
          z.object({
            exp_labels: z.record(z.string(), z.string()),
            exp_annotations: z.record(z.string(), z.string()),
          }),
        ),
      }),
    )
    .default([]),
});
type AlertTest = z.output<typeof test>;

const FOLDER = join(ROOT, 'test/alerts');
const tests: readonly AlertTest[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.test.yaml'))
  .flatMap(
    (file) => z.object({ tests: z.array(test) }).parse(parse(readFileSync(join(FOLDER, file), 'utf8'))).tests,
  );

/** Tests of an alert whose name begins so, each with what it expects of that alert. */
const testsOf = (alert: string, begins: string) =>
  tests
    .filter(({ name }) => name.startsWith(`${alert} ${begins}`))
    .map((one) => one.alert_rule_test.filter(({ alertname }) => alertname === alert));

const ARTICLE_PARTS = ['Meaning', 'Impact', 'First commands', 'Likely causes', 'Quiet'];
const runbook = existsSync(join(ROOT, RUNBOOK)) ? readFileSync(join(ROOT, RUNBOOK), 'utf8') : '';
/** Text below the heading of an alert, up to the next heading. */
const article = (name: string): string =>
  runbook.split(/^#+ +/m).find((section) => section.startsWith(`${name}\n`)) ?? '';

describe('the catalogue', () => {
  it('has more than forty alerts, each with a name of its own', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(40);
    expect(names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
  });

  it('has every alert that the systems name', () => {
    const wanted = [
      ...['ServiceDown', 'HighErrorRate', 'MultipleReplicasDown', 'InstanceDown'],
      ...['HighResponseTime', 'HighLatency', 'LowThroughput'],
      ...['HighCPUUsage', 'HighMemoryUsage', 'ContainerMemoryLimit', 'DiskSpaceLow'],
      ...[
        'DatabaseConnectionPoolExhausted',
        'SlowDatabaseQueries',
        'HighDatabaseErrorRate',
        'DatabaseUnreachable',
      ],
      ...['LowCacheHitRatio', 'CacheMemoryHigh', 'LoadBalancerDown', 'UnevenLoadDistribution'],
      ...['ContainerRestarting', 'TaskCrashLooping', 'HighRateLimitRejects', 'NoUserActivity', 'HighCost'],
    ];
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('gives every alert an owner, a severity, a component and a panel', () => {
    const lacking = CATALOGUE.filter(
      ({ severity, component, team, panel }) =>
        !SEVERITIES.includes(severity) ||
        !COMPONENTS.includes(component) ||
        !TEAMS.includes(team) ||
        !DASHBOARDS.some((dashboard) => panel.startsWith(`${dashboard}/`)),
    );
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });
});

/** The path of the alerts is watched by an alert that never ends. */
const NEVER_QUIET = ['Watchdog'];

describe.each(CATALOGUE.map((alert) => [alert.name, alert] as const))('%s', (name) => {
  it('is shown to fire, with its labels and annotations', () => {
    const expected = testsOf(name, 'fires').flatMap((each) => each.flatMap(({ exp_alerts }) => exp_alerts));
    expect(expected.length).toBeGreaterThan(0);
    for (const { exp_labels, exp_annotations } of expected) {
      expect(Object.keys(exp_labels)).toEqual(
        expect.arrayContaining(['platform', 'region', 'role', 'severity', 'component', 'team']),
      );
      expect(Object.keys(exp_annotations).sort()).toEqual(['description', 'panel', 'runbook_url', 'summary']);
    }
  });

  it('is shown to stay quiet', () => {
    const quiet = testsOf(name, 'stays quiet').flat();
    expect(quiet.length).toBeGreaterThan(0);
    const firing = quiet.flatMap(({ exp_alerts }) => exp_alerts);
    expect(firing.length > 0).toBe(NEVER_QUIET.includes(name));
  });

  it('is shown without data', () => {
    expect(testsOf(name, 'without data').flat().length).toBeGreaterThan(0);
  });

  it('has an article with all its parts', () => {
    const text = article(name);
    expect(ARTICLE_PARTS.filter((part) => !text.includes(`**${part}`))).toEqual([]);
  });
});

describe('what the alerts of a platform read', () => {
  const recorded = (platform: Platform, role: Role): readonly string[] =>
    recordGroups(platform, role).flatMap(({ rules }) => rules.map(({ record }) => record));
  const read = (platform: Platform, role: Role): readonly string[] => [
    ...alertsOf(platform, role).map(({ expression }) => expression),
    ...recordGroups(platform, role).flatMap(({ rules }) => rules.map(({ expression }) => expression)),
  ];

  it.each(ROLES)('is brought by a collector or recorded, at %s', (role) => {
    const platform = everything();
    const known = recorded(platform, role);
    const unknown = read(platform, role)
      .flatMap(metricNames)
      .filter((name) => seriesNamed(name) === undefined && !known.includes(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it.each(SYSTEMS)('is brought or recorded for %s, whose own rules count', (name) => {
    const platform = named(name);
    const known = recorded(platform, 'home');
    const unknown = read(platform, 'home')
      .flatMap(metricNames)
      .filter((metric) => seriesNamed(metric) === undefined && !known.includes(metric));
    expect([...new Set(unknown)]).toEqual([]);
  });
});

describe('the alerts of a platform', () => {
  const withAlerts = (alerts: Record<string, unknown>): Platform => variant('ops-center', { alerts });
  const alertOf = (platform: Platform, name: string) =>
    alertsOf(platform, 'home').find((alert) => alert.name === name);

  it('take bound, duration and severity from its file', () => {
    const changed = withAlerts({
      thresholds: { HighErrorRate: { value: 7.5, forSeconds: 45, severity: 'info' } },
    });
    const alert = alertOf(changed, 'HighErrorRate');
    expect(alert).toMatchObject({ forSeconds: 45, severity: 'info' });
    expect(alert?.expression).toContain('> 7.5');
    expect(alert?.description).toContain('7.5 percent');
  });

  it('have a default bound that follows the file where it depends on the file', () => {
    const few = alertOf(
      variant('ops-center', { database: { pool: { open: 10 } }, alerts: { thresholds: null } }),
      'DatabaseConnectionPoolExhausted',
    );
    const many = alertOf(
      variant('ops-center', { database: { pool: { open: 20 } }, alerts: { thresholds: null } }),
      'DatabaseConnectionPoolExhausted',
    );
    expect(few?.expression).not.toBe(many?.expression);
  });

  it('leave out parts that it does not have', () => {
    const bare = variant('ops-center', {
      cache: null,
      objectives: { components: { cache: null } },
      services: { backend: { secrets: { REDIS_PASSWORD: null } } },
    });
    const all = alertsOf(named('ops-center'), 'home').map(({ category }) => category);
    expect(all).toContain('cache');
    expect(alertsOf(bare, 'home').map(({ category }) => category)).not.toContain('cache');
    expect(all).not.toContain('queue');
  });

  it('have the rules of its file beside them, with an article to go to', () => {
    const platform = withAlerts({
      rules: {
        BackendDown: {
          expression: 'service:tasks:working{service="backend"} == 0',
          forSeconds: 60,
          severity: 'critical',
          component: 'service',
          team: 'application',
          summary: 'The backend is down',
          description: 'No task of the backend works.',
        },
      },
      thresholds: { BackendDown: null },
    });
    expect(alertOf(platform, 'BackendDown')).toMatchObject({ category: 'own', forSeconds: 60 });
    expect(alertOf(platform, 'BackendDown')?.runbook).toBe(`${RUNBOOK}#rules-of-a-platform-file`);
    expect(runbook).toContain('\n## Rules of a platform file\n');
  });

  it('read the region whose rules they are', () => {
    const [home, standby] = ROLES.map((role) =>
      alertsOf(everything(), role).find(({ name }) => name === 'InstanceDown'),
    );
    expect(home?.expression).toContain('region="us-east-1"');
    expect(standby?.expression).toContain('region="us-west-2"');
  });

  it('need no collector beside the tasks where the file wants none', () => {
    const expressions = alertsOf(variant('ops-center', { monitoring: { collectors: false } }), 'home')
      .filter(({ category }) => CATEGORIES.slice(0, 6).some(({ name }) => name === category))
      .filter(({ name }) => name === 'ServiceDown' || name === 'InstanceDown');
    expect(expressions.map(({ name }) => name)).toEqual(['ServiceDown']);
  });
});
