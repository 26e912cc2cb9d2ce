import { describe, expect, it } from '@jest/globals';
import { monitoringCost } from '../../lib/cost/monitoring';
import { seriesOf } from '../../lib/cost/sources/series';
import { SERIES } from '../../lib/monitoring/metrics/series';
import { platform, variant } from '../support/synth';
import { bareRegion, opsCenterHome, usdOf } from './hand';

const opsCenter = platform('ops-center');
const built = [opsCenterHome(opsCenter), bareRegion('us-west-2'), bareRegion('us-east-2')];
const HOME = 'us-east-1';

describe('what the monitoring of ops-center costs', () => {
  const { parts } = monitoringCost(opsCenter, built);

  it.each([
    // 6 x 160/1024 x 0.004446 x 730
    ['collectors beside the tasks', 3.04],
    // 0.25 x 0.03238 x 730 + 1 x 0.00356 x 730
    ["region's collector", 8.51],
    // (29 + 34) x 43,800 + 64 x 8,760 requests, 0.01 for a thousand
    ['requests to CloudWatch', 33.2],
    // 125 million samples, 0.90 for ten million
    ['Prometheus: samples in', 11.24],
    // of a task 2 x (16 + 2 x 7 + 4) = 68, of a service 73, of the cluster 27: 581 x 0.07
    // Of a service 5 + 2 x (10 + 1), of the cluster 2 + 10 + 1.
    ['Container Insights', (13 + 2 * 27) * 0.3],
    // 107 and two times seventeen groups of rules at 0.10, nine composites at 0.50
    ['alarms', 14.1 + 4.5],
    ['dashboards in CloudWatch', 3],
    // 3 queues x 657,000 reads, 43,800 messages, runs and writes
    ['alert relay and heartbeat', 0.788 + 0.022 + 0.155 + 0.438],
  ])('reckons %s as by hand', (name, usd) => {
    expect(usdOf(parts, name, HOME)).toBeCloseTo(usd, 1);
  });

  it('has twelve metrics of the agent, nine of the archive, and those of backups, drills, messages and heartbeats', () => {
    const backup = 4 + ['database', 'cache', 'configuration'].length;
    const drill = 2 + 2;
    const messages = 3 + 2;
    expect(usdOf(parts, 'metrics of Holdfast', HOME)).toBeCloseTo(
      (12 + 9 + backup + drill + messages) * 0.3,
      5,
    );
  });

  it('pays a heartbeat of the witness and nothing else there', () => {
    expect(parts.filter(({ region }) => region === 'us-east-2').map(({ name }) => name)).toEqual([
      'alert relay and heartbeat',
    ]);
    expect(usdOf(parts, 'alert relay and heartbeat', 'us-east-2')).toBeCloseTo(0.155 + 0.876, 2);
  });
});

describe('the samples of a region', () => {
  const home = seriesOf(opsCenter, 'home');
  const count = (source: string) =>
    home.filter((one) => one.source === source).reduce((sum, { series }) => sum + series, 0);

  it('have fourteen series of each task and 369 of each task of a middling application', () => {
    expect(count('tasks')).toBe(6 * (10 + 2 * 2));
    expect(count('applications')).toBe(3 * (20 * 3 + 20 * 10 + 20 + 20 + 1 + 12 + 10 + 5 + 1 + 40));
  });

  it('are read as often as the file says', () => {
    const often = seriesOf(variant('ops-center', { monitoring: { scrapeSeconds: 15 } }), 'home');
    const seconds = (of: typeof home, source: string) => [
      ...new Set(of.filter((one) => one.source === source).map(({ everySeconds }) => everySeconds)),
    ];
    expect([seconds(home, 'tasks'), seconds(often, 'tasks')]).toEqual([[30], [15]]);
    expect([seconds(home, 'applications'), seconds(often, 'applications')]).toEqual([[30], [15]]);
    expect(seconds(often, 'database')).toEqual([30]);
  });

  it('are of metrics of the catalogue, or of recording rules', () => {
    const known = new Set(['', ...SERIES.map(({ name }) => name)]);
    const strange = home.filter(({ name }) => !known.has(name) && !name.includes(':'));
    expect(strange).toEqual([]);
  });

  it('have no statements where PostgreSQL does not count them', () => {
    expect(home.filter(({ name }) => name.startsWith('pg_stat_statements'))).toEqual([]);
    const counted = seriesOf(platform('prodstack'), 'home');
    expect(counted.find(({ name }) => name === 'pg_stat_statements_calls_total')?.series).toBe(100);
  });
});

describe('monitoring that is switched', () => {
  it('off for collectors leaves neither tasks nor samples nor requests', () => {
    const { parts } = monitoringCost(variant('ops-center', { monitoring: { collectors: false } }), built);
    expect([...new Set(parts.map(({ name }) => name))].sort()).toEqual([
      'Container Insights',
      'alarms',
      'alert relay and heartbeat',
      'dashboards in CloudWatch',
      'metrics of Holdfast',
    ]);
  });

  it('on for canaries asks from three places, 8,760 runs a month each', () => {
    const { parts } = monitoringCost(variant('ops-center', { monitoring: { canaries: true } }), built);
    for (const region of [HOME, 'us-west-2', 'us-east-2'])
      expect(usdOf(parts, 'canaries', region)).toBeCloseTo(8760 * 0.0012, 5);
  });

  it('on for Grafana pays two editors, where the file wants it', () => {
    const { parts } = monitoringCost(variant('ops-center', { monitoring: { grafana: true } }), built);
    expect(usdOf(parts, 'Grafana', 'us-west-2')).toBe(18);
  });
});

describe('Container Insights with enhanced observability', () => {
  it('has metrics of each task and its containers too, at a lower price for each', () => {
    const enhanced = built.map((one) => ({
      ...one,
      insights: Object.fromEntries(Object.keys(one.insights).map((name) => [name, 'enhanced' as const])),
    }));
    const { parts } = monitoringCost(opsCenter, enhanced);
    expect(usdOf(parts, 'Container Insights', HOME)).toBeCloseTo((27 + 2 * 73 + 6 * 68) * 0.07, 1);
  });
});
