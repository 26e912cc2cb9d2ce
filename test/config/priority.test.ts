import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { derivedPriority, FIRST_DERIVED, specificity } from '../../lib/config/priority';

const segment = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const paths = fc.oneof(
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.map((p) => `${p}/`).join('')}*`),
  fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}*`),
);

describe('the priority of a rule', () => {
  it.each([
    ['/*', 0],
    ['/', 1],
    ['/api*', 1],
    ['/api/*', 2],
    ['/api', 3],
    ['/api/v*', 3],
    ['/api/v1/*', 4],
    ['/api/v1/users', 7],
    ['/*/users', 0],
    ['/api/?/x', 2],
  ])('rests on how exactly its path is given: %s', (path, expected) => {
    expect(specificity(path)).toBe(expected);
  });

  it('stays between the numbers that are free for people and the highest', () => {
    fc.assert(
      fc.property(fc.array(paths, { minLength: 1, maxLength: 5 }), fc.boolean(), (all, host) => {
        const priority = derivedPriority({ paths: all, ...(host ? { host: 'a.example.com' } : {}) });
        expect(Number.isInteger(priority)).toBe(true);
        expect(priority).toBeGreaterThanOrEqual(FIRST_DERIVED);
        expect(priority).toBeLessThanOrEqual(49_000);
      }),
    );
  });

  it('puts what is given more exactly first, and any rule with a host before any without', () => {
    fc.assert(
      fc.property(paths, paths, (a, b) => {
        const [first, second] = [derivedPriority({ paths: [a] }), derivedPriority({ paths: [b] })];
        if (Math.min(11, specificity(a)) > Math.min(11, specificity(b))) expect(first).toBeLessThan(second);
        expect(derivedPriority({ host: 'a.example.com', paths: [a] })).toBeLessThan(second);
      }),
    );
  });

  it('depends on the pattern alone, in whatever order its paths are written', () => {
    expect(derivedPriority({ paths: ['/b', '/a'] })).toBe(derivedPriority({ paths: ['/a', '/b'] }));
    // Deployed rules must not move with a new version: this number is what it is.
    expect(derivedPriority({ paths: ['/api/*'] })).toBe(33_817);
    expect(derivedPriority({ paths: ['/*'] })).toBe(48_936);
  });
});
