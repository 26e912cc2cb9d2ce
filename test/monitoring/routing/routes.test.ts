import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import type { Role } from '../../../lib/config/platform';
import { alertManagerDefinition } from '../../../lib/monitoring/routing/amp';
import { EVERY_COMBINATION, expectedReceivers } from '../../alerts/receivers-of-jackcwf';
import { readDefinition, receiversOf } from './amp-walk';

const ROOT = resolve(__dirname, '../../..');
const definitionOf = (name: string, role: Role) =>
  readDefinition(alertManagerDefinition(loadPlatform(name, { root: ROOT }), role)).configuration;

const ROLES = ['home', 'standby'] as const;

describe('the routes of jackcwf in Amazon Managed Prometheus', () => {
  it.each(ROLES)(
    'take every combination of severity, component and team to exactly its receivers: %s',
    (role) => {
      const configuration = definitionOf('jackcwf', role);
      expect(EVERY_COMBINATION).toHaveLength(3 * 11 * 4);
      const wrong = EVERY_COMBINATION.flatMap((labels) => {
        const found = receiversOf(configuration, { alertname: 'HighErrorRate', ...labels }).sort();
        const expected = expectedReceivers(labels);
        return found.join() === expected.join() ? [] : [{ ...labels, found, expected }];
      });
      expect(wrong).toEqual([]);
    },
  );

  it('take each receiver of the file into account', () => {
    const told = new Set(EVERY_COMBINATION.flatMap(expectedReceivers));
    const named = definitionOf('jackcwf', 'home').receivers.map(({ name }) => name);
    expect([...told, 'holdfast-watchdog'].sort()).toEqual(named);
  });

  it('group by name, component and severity, wait 30 s, look every 5 min and repeat after 4 h', () => {
    expect(definitionOf('jackcwf', 'home').route).toMatchObject({
      receiver: 'default',
      group_by: ['alertname', 'component', 'severity'],
      group_wait: '30s',
      group_interval: '300s',
      repeat_interval: '14400s',
    });
  });
});

describe('the routes of every platform', () => {
  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'take the watchdog to its own receiver alone, whatever else it says: %s',
    (name) => {
      const configuration = definitionOf(name, 'home');
      for (const labels of EVERY_COMBINATION) {
        expect(receiversOf(configuration, { alertname: 'Watchdog', ...labels })).toEqual([
          'holdfast-watchdog',
        ]);
      }
    },
  );

  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'wake somebody by PagerDuty for each critical alert: %s',
    (name) => {
      const configuration = definitionOf(name, 'home');
      const paged = configuration.receivers
        .filter(({ pagerduty_configs }) => pagerduty_configs)
        .map((r) => r.name);
      for (const labels of EVERY_COMBINATION.filter(({ severity }) => severity === 'critical')) {
        expect(receiversOf(configuration, labels).some((receiver) => paged.includes(receiver))).toBe(true);
      }
    },
  );

  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'take every alert to somebody a person reads: %s',
    (name) => {
      const configuration = definitionOf(name, 'standby');
      for (const labels of EVERY_COMBINATION) {
        const told = receiversOf(configuration, labels).filter((receiver) => receiver !== 'webhook');
        expect(told.length).toBeGreaterThan(0);
      }
    },
  );

  it('repeat the watchdog a little before each look at it, so that none skips', () => {
    const [watchdog] = definitionOf('ops-center', 'home').route.routes ?? [];
    expect(watchdog).toMatchObject({ group_interval: '60s', repeat_interval: '50s' });
  });
});
