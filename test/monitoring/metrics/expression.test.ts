import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metricNames } from '../../../lib/monitoring/metrics/expression';

describe('the metrics of an expression', () => {
  it.each<[string, string, string[]]>([
    ['a name alone', 'up', ['up']],
    ['the argument of a function', 'rate(http_requests_total[5m])', ['http_requests_total']],
    ['what is aggregated, labels before', 'sum by (service, task) (up)', ['up']],
    ['what is aggregated, labels behind', 'sum(up) without (task)', ['up']],
    ['both sides of a match', 'a_total / on (x, y) group_left (z) b_total', ['a_total', 'b_total']],
    ['a match that names no labels', 'a_total * on () group_left b_total', ['a_total', 'b_total']],
    ['both sides of a set', '(a == 1) and on() (b > 2) unless c or d', ['a', 'b', 'c', 'd']],
    ['ranges, subqueries and offsets', 'max_over_time(a[1h30m:5m] offset -5m) @ end()', ['a']],
    ['recorded series', 'service:error_ratio:rate5m > (14.4 * 0.001)', ['service:error_ratio:rate5m']],
    ['a name within the braces', '{__name__="up", job="application"}', ['up']],
    ['a comparison that gives flags', 'a > bool 1e-3', ['a']],
    ['one metric used twice', 'up == 0 or up == 1', ['up']],
    ['what follows numbers in any form', '0x1f + .5 + 1e+3 + +Inf - NaN + a', ['a']],
  ])('are found: %s', (_, expression, names) => {
    expect(metricNames(expression)).toEqual(names);
  });

  it('are not the words in strings, labels and comments', () => {
    const expression = `# http_requests_total is meant
      sum(up{job="sum(other)", service=~'web|\\'x', task!=\`a\`}) by (region)`;
    expect(metricNames(expression)).toEqual(['up']);
  });

  it('are found around variables of a dashboard', () => {
    expect(metricNames('rate(http_requests_total{service=~"$service"}[$__rate_interval]) * $factor')).toEqual(
      ['http_requests_total'],
    );
  });

  it('are not those of an expression that is a number or calls a function of nothing', () => {
    expect(metricNames('vector(1) > time() - 5m')).toEqual([]);
  });

  it('must be named, not chosen by a pattern', () => {
    expect(() => metricNames('{__name__=~"http_.*"}')).toThrow(/Name the metrics/);
  });

  it('are asked of PromQL only, and the place of what is not is told', () => {
    expect(() => metricNames('up; drop')).toThrow('At character 3, this is no PromQL: ; drop');
    expect(() => metricNames('up{job="open}')).toThrow(/At character 8/);
  });

  it('are all found, whatever they are called and however they are put together', () => {
    const name = fc
      .stringMatching(/^[a-z_][a-z0-9_]{0,12}(:[a-z0-9_]{1,8})?$/)
      .filter(
        (text) => !/^(and|or|unless|atan2|bool|offset|inf|nan|by|without|on|ignoring|group_\w+)$/.test(text),
      )
      .filter((text) => text !== '__name__');
    const wrap = fc.constantFrom(
      (m: string) => `sum by (service) (rate(${m}{status=~"5.."}[5m]))`,
      (m: string) => `max_over_time(${m}[1h:1m])`,
      (m: string) => `(${m} offset 5m)`,
      (m: string) => m,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, wrap), { minLength: 1, maxLength: 5 }), (parts) => {
        const expression = parts.map(([metric, how]) => how(metric)).join(' / on (service) ');
        expect(metricNames(expression)).toEqual([...new Set(parts.map(([metric]) => metric))].sort());
      }),
    );
  });
});
