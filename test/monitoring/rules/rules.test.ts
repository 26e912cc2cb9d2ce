import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ruleGroups, ruleNamespaces } from '../../../lib/monitoring/rules/groups';
import { checkLimits, LIMITS, RuleLimitError } from '../../../lib/monitoring/rules/limits';
import { renderRules } from '../../../lib/monitoring/rules/render';
import type { RuleGroup } from '../../../lib/monitoring/rules/rule';
import { everything } from '../../alerts/platform';
import { platform as named, SYSTEMS, variant } from '../../support/synth';

const OWN_RULE = {
  forSeconds: 0,
  severity: 'info',
  component: 'service',
  team: 'application',
  summary: 'One',
  description: 'Two',
};
/** ops-center with many other rules of its own. */
const crowded = (count: number, expression = 'vector(1)') =>
  variant('ops-center', {
    alerts: {
      thresholds: null,
      rules: {
        BackendDown: null,
        ...Object.fromEntries(
          Array.from({ length: count }, (_, i) => [`Own${i}`, { ...OWN_RULE, expression }]),
        ),
      },
    },
  });

const group = (change: Partial<RuleGroup>): RuleGroup => ({
  name: 'one',
  intervalSeconds: 60,
  labels: {},
  rules: [{ record: 'a:b:c', expression: 'vector(1)' }],
  ...change,
});
const problemsOf = (...groups: readonly RuleGroup[]): readonly string[] => {
  try {
    checkLimits([{ name: 'demo', groups, definition: renderRules(groups) }]);
    return [];
  } catch (error) {
    if (error instanceof RuleLimitError) return error.problems;
    throw error;
  }
};

describe('the rules of a region', () => {
  it('say where and whose they are on every alert and every recorded series', () => {
    const groups = ruleGroups(everything(), 'standby');
    expect(groups.map(({ labels }) => labels)).toEqual(
      groups.map(() => ({ platform: 'everything', region: 'us-west-2', role: 'standby' })),
    );
  });

  it('name the peer where an alert is about the peer', () => {
    const rules = ruleGroups(everything(), 'home').flatMap((one) => one.rules);
    const silent = rules.find((rule) => 'alert' in rule && rule.alert === 'RegionSilent');
    expect(silent).toMatchObject({ labels: { region: 'us-west-2', role: 'standby' } });
  });

  it('are rendered as Prometheus reads them', () => {
    const text = renderRules([
      group({
        labels: { region: 'us-east-1' },
        rules: [
          {
            alert: 'A',
            expression: 'up == 0',
            forSeconds: 90,
            keepFiringSeconds: 300,
            labels: { severity: 'info' },
            annotations: { summary: '{{ $value }}: "all"' },
          },
        ],
      }),
    ]);
    expect(parse(text)).toEqual({
      groups: [
        {
          name: 'one',
          interval: '60s',
          rules: [
            {
              alert: 'A',
              expr: 'up == 0',
              for: '90s',
              keep_firing_for: '300s',
              labels: { region: 'us-east-1', severity: 'info' },
              annotations: { summary: '{{ $value }}: "all"' },
            },
          ],
        },
      ],
    });
  });

  it.each(SYSTEMS)('of %s fit into one namespace', (name) => {
    const namespaces = ruleNamespaces(named(name), 'home');
    expect(namespaces.map((one) => one.name)).toEqual([name]);
  });

  it('go on in another group where there are more than a group may have', () => {
    const groups = ruleGroups(crowded(45), 'home').filter(({ name }) => name.startsWith('own'));
    expect(groups.map(({ name, rules }) => [name, rules.length])).toEqual([
      ['own', 20],
      ['own-2', 20],
      ['own-3', 5],
    ]);
  });

  it('go on in another namespace where a definition would be too long', () => {
    const namespaces = ruleNamespaces(crowded(60, `vector(1) # ${'x'.repeat(20_000)}`), 'home');
    expect(namespaces.map(({ name }) => name)).toEqual(['ops-center', 'ops-center-2']);
    for (const { definition } of namespaces) {
      expect(Buffer.byteLength(definition)).toBeLessThanOrEqual(LIMITS.definitionBytes);
    }
  });

  it('are refused at synth where a workspace would refuse them', () => {
    expect(() => ruleNamespaces(crowded(1, 'x'.repeat(1_000_000)), 'home')).toThrow(RuleLimitError);
  });
});

describe('the limits of a workspace', () => {
  it('are kept by a small group', () => {
    expect(problemsOf(group({}))).toEqual([]);
  });

  it.each([
    [
      'a group with 21 rules',
      group({ rules: Array.from({ length: 21 }, () => ({ record: 'a:b:c', expression: '1' })) }),
      'rules in the group one: 21, at most 20.',
    ],
    [
      'a group that is evaluated every ten seconds',
      group({ intervalSeconds: 10 }),
      'the group one is evaluated every 10 s, at least 30 s are allowed.',
    ],
    [
      'a long name',
      group({ name: 'x'.repeat(718) }),
      `bytes of the names demo and ${'x'.repeat(718)}: 722, at most 721.`,
    ],
  ])('are broken by %s', (_, broken, problem) => {
    expect(problemsOf(broken)).toEqual([problem]);
  });

  it('are broken by two groups of one name', () => {
    expect(problemsOf(group({}), group({}))).toEqual(['demo has two groups with the name one.']);
  });

  it('are broken by 101 groups', () => {
    const many = Array.from({ length: 101 }, (_, i) => group({ name: `g${i}` }));
    expect(problemsOf(...many)).toEqual(['groups of rules: 101, at most 100.']);
  });

  it('are broken by 2,001 rules', () => {
    const rules = Array.from({ length: 87 }, () => ({ record: 'a:b:c', expression: '1' }));
    const many = Array.from({ length: 23 }, (_, i) => group({ name: `g${i}`, rules }));
    expect(problemsOf(...many)[0]).toBe('rules: 2001, at most 2000.');
  });

  it('are broken by a definition of more than a megabyte', () => {
    const long = group({ rules: [{ record: 'a:b:c', expression: 'x'.repeat(1_000_000) }] });
    expect(problemsOf(long)[0]).toMatch(/^bytes of the definition of demo: \d+, at most 1000000\.$/);
  });
});
