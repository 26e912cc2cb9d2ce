import { describe, expect, it } from '@jest/globals';
import { ruleOf } from '../../../local/balancer/deployed';
import { type ListenerRule, ruleFor } from '../../../local/balancer/rules';

const RULES: readonly ListenerRule[] = [
  { arn: 'api', priority: 1, hosts: ['shop.example.com'], paths: ['/api/*'], groups: [] },
  { arn: 'items', priority: 2, hosts: [], paths: ['/v?/items', '/a+b'], groups: [] },
  { arn: 'rest', priority: 3, hosts: ['*.example.com'], paths: [], groups: [] },
];
const group = (host: string, path: string) => ruleFor(RULES, host, path)?.arn;

describe('the rules of a listener', () => {
  it('are asked in their order, and the first that takes a request has it', () => {
    expect([group('shop.example.com', '/api/a/b'), group('shop.example.com', '/apis')]).toEqual([
      'api',
      'rest',
    ]);
  });

  it('take a host in whatever letters, and a path only as it is written', () => {
    expect([group('SHOP.example.COM', '/api/'), group('shop.example.com', '/API/')]).toEqual(['api', 'rest']);
  });

  it('know * for any characters and ? for one, and nothing else as special', () => {
    expect(
      ['/v1/items', '/v/items', '/v12/items', '/a+b', '/aab'].map((path) => group('x.org', path)),
    ).toEqual(['items', undefined, undefined, 'items', undefined]);
  });
});

const forward = { Type: 'forward' as const };
const pathCondition = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };

describe('a rule as ELB describes it', () => {
  it('leads to its groups by their weights, and to one that stands alone with all of it', () => {
    const TargetGroups = [
      { TargetGroupArn: 'blue', Weight: 0 },
      { TargetGroupArn: 'green', Weight: 100 },
    ];
    const Actions = [{ ...forward, ForwardConfig: { TargetGroups } }];
    const [rule] = ruleOf({ RuleArn: 'arn:rule', Priority: '7', Conditions: [pathCondition], Actions });
    const groups = [
      { group: 'blue', weight: 0 },
      { group: 'green', weight: 100 },
    ];
    expect(rule).toEqual({ arn: 'arn:rule', priority: 7, hosts: [], paths: ['/*'], groups });
    const alone = [{ ...forward, TargetGroupArn: 'blue' }];
    expect(ruleOf({ Priority: '7', Actions: alone })[0]?.groups).toEqual([{ group: 'blue', weight: 1 }]);
  });

  it('may lead to no group', () => {
    const Actions = [{ Type: 'fixed-response' as const }];
    expect(ruleOf({ Priority: '7', Conditions: [pathCondition], Actions })[0]?.groups).toEqual([]);
  });

  it('is refused if it asks for something that is not looked at here', () => {
    const Conditions = [pathCondition, { Field: 'http-header' }];
    expect(() => ruleOf({ RuleArn: 'arn:rule', Priority: '7', Conditions })).toThrow(
      'The rule arn:rule has a condition on http-header.',
    );
  });

  it('does not count if it is the default', () => {
    expect(ruleOf({ Priority: 'default', Actions: [forward] })).toEqual([]);
  });
});
