import { describe, expect, it } from '@jest/globals';
import type { Edge, Platform } from '../../lib/config/platform';
import { checkedPath, wildcardExpression } from '../../lib/traffic/checked-path';
import { listenerAttributes } from '../../lib/traffic/listener-attributes';
import { webAclRules } from '../../lib/traffic/web-acl-rules';
import { platform, variant } from '../support/synth';

// The file's own zones are taken away, so that each test sees only what it says.
const edge = ({ rateLimits = {}, ...patch }: { rateLimits?: object; [key: string]: unknown }): Edge =>
  variant('ops-center', { edge: { ...patch, rateLimits: { api: null, login: null, ...rateLimits } } }).edge;

describe('response headers of the listener', () => {
  const headers = (patch: Parameters<typeof edge>[0]) =>
    Object.fromEntries(
      listenerAttributes(edge(patch)).map(({ key, value }) => [
        key.replace('routing.http.response.', ''),
        value,
      ]),
    );

  it('are the strict ones without a word in the file', () => {
    expect(headers({})).toEqual({
      'strict_transport_security.header_value': 'max-age=31536000; includeSubDomains',
      'x_frame_options.header_value': 'DENY',
      'x_content_type_options.header_value': 'nosniff',
      'server.enabled': 'false',
    });
  });

  it('say what pages of another origin may do', () => {
    const cors = headers({
      cors: {
        origins: ['https://app.example.com'],
        methods: ['GET', 'PUT'],
        headers: ['X-One', 'X-Two'],
        exposeHeaders: ['X-Request-Id'],
        credentials: true,
        maxAgeSeconds: 60,
      },
    });
    expect(cors).toMatchObject({
      'access_control_allow_origin.header_value': 'https://app.example.com',
      'access_control_allow_methods.header_value': 'GET,PUT',
      'access_control_allow_headers.header_value': 'X-One,X-Two',
      'access_control_expose_headers.header_value': 'X-Request-Id',
      'access_control_allow_credentials.header_value': 'true',
      'access_control_max_age.header_value': '60',
    });
  });

  it('leave out what is empty, because an empty header is one too', () => {
    const cors = headers({ cors: { origins: ['*'], headers: [], exposeHeaders: [] } });
    expect(Object.keys(cors).filter((name) => /allow_headers|expose|credentials/.test(name))).toEqual([]);
  });

  it('can say for how long browsers insist on HTTPS, and who may frame the pages', () => {
    expect(headers({ securityHeaders: { hstsSeconds: 0, frameOptions: 'SAMEORIGIN' } })).toMatchObject({
      'strict_transport_security.header_value': 'max-age=0; includeSubDomains',
      'x_frame_options.header_value': 'SAMEORIGIN',
    });
  });
});

describe('rules of the firewall', () => {
  const rules = (patch: Parameters<typeof edge>[0]) => webAclRules(edge(patch));
  const scope = (...paths: string[]) => {
    const [rule] = rules({ rateLimits: { zone: { paths, requests: 100 } } });
    if (!rule) throw new Error('There is no rule.');
    const { rateBasedStatement } = rule.statement as { rateBasedStatement: { scopeDownStatement?: object } };
    return rateBasedStatement.scopeDownStatement;
  };

  it('ask the rate zones first and the managed groups in the order of the file, each with a number of its own', () => {
    const made = rules({
      rateLimits: { zulu: { requests: 100 }, alpha: { requests: 100 } },
      waf: { ruleGroups: ['AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesCommonRuleSet'] },
    });
    expect(made.map(({ name, priority }) => [priority, name])).toEqual([
      [0, 'rate-alpha'],
      [1, 'rate-zulu'],
      [2, 'AWSManagedRulesSQLiRuleSet'],
      [3, 'AWSManagedRulesCommonRuleSet'],
    ]);
  });

  it('answer 429 with the time to wait to who asks too often', () => {
    const [rule] = rules({ rateLimits: { zone: { requests: 100, windowSeconds: 300 } } });
    expect(rule?.action).toEqual({
      block: {
        customResponse: { responseCode: 429, responseHeaders: [{ name: 'retry-after', value: '300' }] },
      },
    });
    expect(rule?.statement).toEqual({
      rateBasedStatement: { aggregateKeyType: 'IP', limit: 100, evaluationWindowSec: 300 },
    });
  });

  it('only count where the file is still looking', () => {
    const [counting, blocking] = rules({
      waf: {
        ruleGroups: ['AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesCommonRuleSet'],
        count: ['AWSManagedRulesSQLiRuleSet'],
      },
    });
    expect(counting?.overrideAction).toEqual({ count: {} });
    expect(blocking?.overrideAction).toEqual({ none: {} });
  });

  it('know a path exactly or by its beginning, after decoding it and taking dots and doubled slashes away, in this order', () => {
    const common = {
      fieldToMatch: { uriPath: {} },
      textTransformations: [
        { priority: 0, type: 'URL_DECODE' },
        { priority: 1, type: 'NORMALIZE_PATH' },
      ],
    };
    expect(scope('/login')).toEqual({
      byteMatchStatement: { ...common, searchString: '/login', positionalConstraint: 'EXACTLY' },
    });
    expect(scope('/api/*')).toEqual({
      byteMatchStatement: { ...common, searchString: '/api/', positionalConstraint: 'STARTS_WITH' },
    });
  });

  it('take any of several paths', () => {
    expect(scope('/login', '/auth/*')).toMatchObject({
      orStatement: { statements: [{ byteMatchStatement: {} }, { byteMatchStatement: {} }] },
    });
  });

  it.each([
    ['/a/*', '/a/b/c', true],
    ['/a?c', '/abc', true],
    ['/a?c', '/ac', false],
    ['/a.b', '/axb', false],
    ['/a+(b)', '/a+(b)', true],
    ['/api', '/api/more', false],
  ])('read the pattern %s against %s as the balancer does', (pattern, path, matches) => {
    expect(new RegExp(wildcardExpression(pattern)).test(path)).toBe(matches);
  });
});

describe('the path that is checked from outside', () => {
  const ops = (services: object): Platform =>
    variant('ops-center', { services, objectives: { components: null } });

  it('is a health path that the balancer sends to the very service it belongs to', () => {
    expect(checkedPath(platform('ops-center'))).toBe('/health');
    expect(checkedPath(platform('prodstack'))).toBe('/health');
  });

  it('is not one that another service would answer', () => {
    const only = ops({ frontend: null, backend: { routes: [{ paths: ['/api/*'] }] } });
    expect(checkedPath(only)).toBeUndefined();
    expect(checkedPath(ops({ frontend: null, backend: { health: { path: '/api/health' } } }))).toBe(
      '/api/health',
    );
  });

  it('is not one below another host', () => {
    const hosted = ops({
      backend: null,
      frontend: { routes: [{ host: 'www.ops.example.com', paths: ['/*'] }] },
    });
    expect(checkedPath(hosted)).toBeUndefined();
  });
});
