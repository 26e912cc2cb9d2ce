import { describe, expect, it } from '@jest/globals';
import { overview } from '../../../lib/monitoring/cloudwatch/region-dashboard';
import { dashboardBody, type Widget } from '../../../lib/monitoring/cloudwatch/widgets';
import { platform, SYSTEMS } from '../../support/synth';

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly type: string;
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[]; readonly region?: string };
}
const placed = (widgets: readonly Widget[]): readonly Placed[] =>
  (dashboardBody('us-east-1', widgets) as { widgets: readonly Placed[] }).widgets;

const overlap = (a: Placed, b: Placed): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each(SYSTEMS)('the dashboard of %s', (name) => {
  const widgets = placed(
    overview({ platform: platform(name), role: 'home', balancerFullName: 'app/b/1' }, [
      `${name}-fence-closed`,
    ]),
  );

  it('has its widgets beside one another on the grid of 24', () => {
    for (const [index, one] of widgets.entries()) {
      expect(one.x + one.width).toBeLessThanOrEqual(24);
      for (const other of widgets.slice(index + 1)) expect(overlap(one, other)).toBe(false);
    }
  });

  it('shows who leads, alarms, traffic, errors, latency and the copies', () => {
    const text = JSON.stringify(widgets);
    for (const part of [
      'Leads',
      'Epoch',
      'RequestCount',
      'HTTPCode_Target_5XX_Count',
      'TargetResponseTime',
      'BackupAgeSeconds',
    ])
      expect(text).toContain(part);
    expect(text).toContain(`:alarm:${name}-fence-closed`);
  });

  it('shows of the other region only who leads', () => {
    const others = widgets.filter(
      ({ properties: { region } }) => region !== undefined && region !== 'us-east-1',
    );
    expect(others.map(({ properties }) => properties.metrics?.[0]?.slice(0, 2))).toEqual([
      ['Holdfast', 'Leads'],
    ]);
  });

  it('stays within the metrics that CloudWatch allows', () => {
    const counts = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(500);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2500);
  });
});

it('gives each formula of a widget ids of its own', () => {
  const metric = { namespace: 'A', metric: 'B', dimensions: { C: 'd' }, statistic: 'Sum' };
  const formula = (label: string) => ({
    expression: '100 * bad / all',
    label,
    of: { bad: metric, all: metric },
  });
  const [one] = placed([{ kind: 'graph', title: 'T', unit: '%', lines: [formula('x'), formula('y')] }]);
  expect(one?.properties.metrics).toEqual([
    ['A', 'B', 'C', 'd', { id: 'l0bad', stat: 'Sum', visible: false }],
    ['A', 'B', 'C', 'd', { id: 'l0all', stat: 'Sum', visible: false }],
    [{ id: 'l0result', expression: '100 * l0bad / l0all', label: 'x' }],
    ['A', 'B', 'C', 'd', { id: 'l1bad', stat: 'Sum', visible: false }],
    ['A', 'B', 'C', 'd', { id: 'l1all', stat: 'Sum', visible: false }],
    [{ id: 'l1result', expression: '100 * l1bad / l1all', label: 'y' }],
  ]);
});
