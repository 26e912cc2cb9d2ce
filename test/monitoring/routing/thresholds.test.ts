import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform, parsePlatform } from '../../../lib/config/load';
import { CATALOGUE as REAL } from '../../../lib/monitoring/alerts/catalogue';
import { AlertsError, checkAlerts } from '../../../lib/monitoring/routing/thresholds';
import { edit, FILE, VALID } from '../../config/fixture';

const CATALOGUE = [
  { name: 'HighErrorRate', threshold: { value: 5, unit: 'percent' }, appliesTo: () => true },
  { name: 'ServiceDown', appliesTo: () => true },
  { name: 'QueueBacklog', threshold: { value: 100, unit: 'messages' }, appliesTo: () => false },
];

const OWN = `
    expression: up == 0
    severity: critical
    component: service
    team: ops
    summary: It is down.
    description: Start it.`;

/** @returns what is said of alerts written behind `onCall` */
function linesOf(text: string): readonly string[] {
  try {
    checkAlerts(
      parsePlatform(edit(VALID, ['  onCall: pager\n', `  onCall: pager\n${text}`]), FILE),
      CATALOGUE,
    );
    return [];
  } catch (error) {
    if (!(error instanceof AlertsError)) throw error;
    expect(error.message).toBe(error.lines.join('\n'));
    return error.lines;
  }
}
const thresholds = (text: string) => linesOf(`  thresholds:\n    ${text}\n`);

describe('the alerts of a platform file', () => {
  it('may change what an alert of the catalogue has', () => {
    expect(thresholds('HighErrorRate: { value: 2, forSeconds: 60, severity: warning }')).toEqual([]);
    expect(thresholds('ServiceDown: { forSeconds: 60 }')).toEqual([]);
  });

  it('may not change an alert that does not exist', () => {
    expect(thresholds('HighErorRate: { value: 2 }')).toEqual([
      'alerts.thresholds.HighErorRate: there is no alert HighErorRate; did you mean HighErrorRate? there are HighErrorRate, QueueBacklog, ServiceDown.',
    ]);
  });

  it('may not give a bound to an alert that has none', () => {
    expect(thresholds('ServiceDown: { value: 2 }')).toEqual([
      'alerts.thresholds.ServiceDown.value: 2 is not allowed, ServiceDown has no bound; allowed: forSeconds and severity.',
    ]);
  });

  it('may not change an alert about a part that the platform does not have', () => {
    expect(thresholds('QueueBacklog: { value: 2 }')).toEqual([
      'alerts.thresholds.QueueBacklog: QueueBacklog is about a part that the platform does not have; leave it out.',
    ]);
  });

  it('may add a rule under a name that is free', () => {
    expect(linesOf(`  rules:\n   GatewayDown:${OWN}\n`)).toEqual([]);
  });

  it('may not add a rule under the name of an alert of the catalogue', () => {
    expect(linesOf(`  rules:\n   ServiceDown:${OWN}\n`)).toEqual([
      'alerts.rules.ServiceDown: ServiceDown is an alert of the catalogue; choose another name, or change it at alerts.thresholds.ServiceDown.',
    ]);
  });

  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'fits the catalogue in the file of %s',
    (name) => {
      const platform = loadPlatform(name, { root: resolve(__dirname, '../../..') });
      expect(() => checkAlerts(platform, REAL)).not.toThrow();
    },
  );
});
