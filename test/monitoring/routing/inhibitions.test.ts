import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../lib/monitoring/alerts/catalogue';
import { INHIBITIONS } from '../../../lib/monitoring/routing/inhibitions';
import type { Matcher } from '../../../lib/monitoring/routing/matcher';
import { WATCHDOG_ALERT } from '../../../lib/monitoring/routing/model';
import { CASES } from '../../alerts/inhibition-cases';

const named = (matchers: readonly Matcher[]): string[] =>
  matchers.filter(({ label }) => label === 'alertname').flatMap(({ value }) => value.split('|'));

const known = CATALOGUE.map(({ name }) => name);
const unknown = (names: readonly string[]) => [...new Set(names)].filter((name) => !known.includes(name));

describe('what mutes what', () => {
  it('names only alerts of the catalogue', () => {
    const names = INHIBITIONS.flatMap(({ source, target }) => [...named(source), ...named(target)]);
    expect(names.length).toBeGreaterThan(10);
    expect(unknown(names)).toEqual([]);
  });

  it('is tried out with alerts of the catalogue', () => {
    expect(unknown(CASES.flatMap(({ heard, muted }) => [...heard, ...muted].map(([name]) => name)))).toEqual(
      [],
    );
  });

  it('lets only critical alerts mute others by their name: somebody hears of the cause', () => {
    const sources = INHIBITIONS.flatMap(({ source }) => named(source));
    expect(
      CATALOGUE.filter(({ name, severity }) => sources.includes(name) && severity !== 'critical'),
    ).toEqual([]);
  });

  it('never reaches over to another platform, and to another region only where it says so', () => {
    for (const { equal } of INHIBITIONS) expect(equal).toContain('platform');
    const across = INHIBITIONS.filter(({ equal }) => !equal.includes('region')).flatMap(({ target }) =>
      named(target),
    );
    expect(across).toEqual(['RegionTrafficSkew']);
  });

  it('leaves the watchdog alone', () => {
    const watchdog = CATALOGUE.find(({ name }) => name === WATCHDOG_ALERT);
    expect(watchdog?.severity).not.toBe('critical');
    const aboutMonitoring = INHIBITIONS.flatMap(({ target }) => target)
      .filter(({ label, operator }) => label === 'component' && operator !== '!=')
      .flatMap(({ value }) => value.split('|'));
    expect(aboutMonitoring).not.toContain('monitoring');
  });
});
