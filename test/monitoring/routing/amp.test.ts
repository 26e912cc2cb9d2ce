import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform, parsePlatform } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { alertManagerDefinition } from '../../../lib/monitoring/routing/amp';
import { ALERT_MANAGER_LIMITS, AlertManagerLimitError } from '../../../lib/monitoring/routing/limits';
import { FILE, VALID } from '../../config/fixture';
import { readDefinition } from './amp-walk';

const jackcwf = loadPlatform('jackcwf', { root: resolve(__dirname, '../../..') });
const withoutAlerts = parsePlatform(
  VALID.replace(/\nalerts:[\s\S]*?\ntags:/, '\ntags:').replace(/\n {2}pager-key: .*/, ''),
  FILE,
);

const receiver = (platform: Platform, role: 'home' | 'standby', wanted: string) =>
  readDefinition(alertManagerDefinition(platform, role)).configuration.receivers.find(
    ({ name }) => name === wanted,
  );

describe('the definition of an alert manager', () => {
  it('sends to the topic of its own region, and says for whom', () => {
    for (const [role, region] of [
      ['home', 'eu-central-1'],
      ['standby', 'eu-west-1'],
    ] as const) {
      expect(receiver(jackcwf, role, 'webhook')?.sns_configs).toMatchObject([
        {
          topic_arn: `arn:aws:sns:${region}:123456789012:jackcwf-alerts`,
          sigv4: { region },
          attributes: { receiver: 'webhook' },
        },
      ]);
    }
  });

  it('pages PagerDuty itself, with the key from the secret of its own region', () => {
    expect(receiver(jackcwf, 'standby', 'critical-alerts')?.pagerduty_configs).toMatchObject([
      {
        routing_key: {
          aws_secrets_manager: {
            secret_arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:jackcwf/pagerduty-critical',
            secret_key: 'routing_key',
          },
        },
      },
    ]);
  });

  it('sends nothing to the relay for a receiver that has PagerDuty only', () => {
    const platform = parsePlatform(VALID, FILE);
    expect(receiver(platform, 'home', 'pager')?.sns_configs).toBeUndefined();
    expect(receiver(platform, 'home', 'pager')?.pagerduty_configs).toHaveLength(1);
  });

  it('names the file of templates that it brings', () => {
    const { template_files, configuration } = readDefinition(alertManagerDefinition(jackcwf, 'home'));
    expect(Object.keys(template_files)).toEqual(configuration.templates);
    const called = JSON.stringify(configuration).match(/holdfast\.\w+/g) ?? [];
    expect(called.length).toBeGreaterThan(0);
    for (const name of called) expect(Object.values(template_files).join()).toContain(`define "${name}"`);
  });

  it('keeps the watchdog and a default receiver where the file has no alerts', () => {
    const { configuration } = readDefinition(alertManagerDefinition(withoutAlerts, 'home'));
    expect(configuration.receivers.map(({ name }) => name)).toEqual(['default', 'holdfast-watchdog']);
    expect(configuration.route.receiver).toBe('default');
    expect(withoutAlerts.notes).toContain(
      'alerts: the file has none; no alert and no alarm reaches anybody.',
    );
  });

  it('is the same for both regions but for the regions themselves', () => {
    const standby = alertManagerDefinition(jackcwf, 'standby').replaceAll('eu-west-1', 'eu-central-1');
    expect(standby).toBe(alertManagerDefinition(jackcwf, 'home'));
  });
});

describe('the limits of the service', () => {
  const { alerts } = jackcwf;
  if (!alerts) throw new Error('jackcwf has alerts');
  const changed = (change: Partial<typeof alerts>): Platform => ({
    ...jackcwf,
    alerts: { ...alerts, ...change },
  });
  const refusal = (platform: Platform): AlertManagerLimitError => {
    try {
      alertManagerDefinition(platform, 'home');
    } catch (error) {
      if (error instanceof AlertManagerLimitError) return error;
      throw error;
    }
    throw new Error('it was accepted');
  };
  const route = { receiver: 'default', severity: [], component: [], team: [], continue: true } as const;

  it('are far from reached by the four platforms', () => {
    expect(Buffer.byteLength(alertManagerDefinition(jackcwf, 'home'))).toBeLessThan(20_000);
  });

  it('allow 100 routes with the root and the watchdog, and not one more', () => {
    const allowed = ALERT_MANAGER_LIMITS.routes - 2;
    expect(() =>
      alertManagerDefinition(changed({ routes: Array(allowed).fill(route) }), 'home'),
    ).not.toThrow();
    const error = refusal(changed({ routes: Array(allowed + 1).fill(route) }));
    expect(error).toMatchObject({ limit: 'routes', value: 101 });
    expect(error.message).toContain('allowed: 100');
  });

  it('allow a repetition after five days at most', () => {
    expect(refusal(changed({ repeatSeconds: 432_001 }))).toMatchObject({
      limit: 'repeatSeconds',
      value: 432_001,
    });
    expect(() => alertManagerDefinition(changed({ repeatSeconds: 432_000 }), 'home')).not.toThrow();
  });

  it('allow a definition of one megabyte', () => {
    const receivers = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`team-${i}`, { email: ['a@example.com'] }]),
    );
    expect(refusal(changed({ receivers: { ...alerts.receivers, ...receivers } }))).toMatchObject({
      limit: 'definitionBytes',
    });
  });
});
