import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform, parsePlatform } from '../../../lib/config/load';
import { alertManagerDefinition } from '../../../lib/monitoring/routing/amp';
import { relaySettings } from '../../../lib/monitoring/routing/relay-settings';
import { FILE, VALID } from '../../config/fixture';
import { readDefinition } from './amp-walk';

const ROOT = resolve(__dirname, '../../..');
const SYSTEMS = ['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'];
const load = (name: string) => loadPlatform(name, { root: ROOT });

describe('the settings of the relay', () => {
  it('say how each receiver of the file is reached from the own region', () => {
    const settings = relaySettings(load('jackcwf'), 'standby');
    expect(settings).toMatchObject({
      platform: 'jackcwf',
      region: 'eu-west-1',
      peerRegion: 'eu-central-1',
      onCall: 'critical-alerts',
      slackWebhookSecret: 'jackcwf/slack-webhook',
    });
    expect(settings.receivers).toEqual({
      default: { slackChannel: '#alerts' },
      'critical-alerts': { slackChannel: '#alerts-critical', pagerDutySecret: 'jackcwf/pagerduty-critical' },
      'warning-alerts': { slackChannel: '#alerts-warning' },
      'database-team': {
        mailTopicArn: 'arn:aws:sns:eu-west-1:123456789012:jackcwf-mail-database-team',
        slackChannel: '#database',
      },
      'ops-team': {
        mailTopicArn: 'arn:aws:sns:eu-west-1:123456789012:jackcwf-mail-ops-team',
        pagerDutySecret: 'jackcwf/pagerduty-ops',
      },
      'business-team': { mailTopicArn: 'arn:aws:sns:eu-west-1:123456789012:jackcwf-mail-business-team' },
      webhook: { webhookSecret: 'jackcwf/alert-webhook' },
    });
  });

  it.each(SYSTEMS)('know every receiver to which the alert manager sends by the relay: %s', (name) => {
    for (const role of ['home', 'standby'] as const) {
      const { receivers } = readDefinition(alertManagerDefinition(load(name), role)).configuration;
      const relayed = receivers.filter(({ sns_configs }) => sns_configs).map((receiver) => receiver.name);
      const known = ['holdfast-watchdog', ...Object.keys(relaySettings(load(name), role).receivers)];
      expect(relayed.filter((receiver) => !known.includes(receiver))).toEqual([]);
    }
  });

  it('have a default receiver that reaches nobody where the file has no alerts', () => {
    const platform = { ...parsePlatform(VALID, FILE), alerts: undefined };
    const { alerts: _none, ...withoutAlerts } = platform;
    expect(relaySettings(withoutAlerts, 'home')).toMatchObject({
      onCall: 'default',
      receivers: { default: {} },
    });
  });

  it('are refused at synth when they fit no environment', () => {
    const platform = load('jackcwf');
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`team-${i}`, { email: ['team@example.com'] }]),
    );
    const { alerts } = platform;
    if (!alerts) throw new Error('jackcwf has alerts');
    const crowded = { ...platform, alerts: { ...alerts, receivers: { ...alerts.receivers, ...many } } };
    expect(() => relaySettings(crowded, 'home')).toThrow(/67 receivers take \d+ bytes .* allowed: 3500/);
  });
});
