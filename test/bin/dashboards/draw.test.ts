import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { niceTicks } from '../../../bin/dashboards/draw/axes';
import { type Named, stretches } from '../../../bin/dashboards/draw/data';
import { drawPage } from '../../../bin/dashboards/draw/page';
import { shown } from '../../../bin/dashboards/draw/units';
import { filledIn } from '../../../bin/dashboards/filled-in';
import { sampleSeries, sampleTexts } from '../../../bin/dashboards/sample/open-metrics';
import { dashboardsOf } from '../../../lib/monitoring/dashboards';
import { placed } from '../../../lib/monitoring/dashboards/layout';
import { panelsOf } from '../../../lib/monitoring/dashboards/panel';
import { seriesNamed } from '../../../lib/monitoring/metrics/series';
import { recordGroups } from '../../../lib/monitoring/rules/records';
import { platform } from '../../support/synth';

const TARGET = platform('ops-center');
const named = (...points: (readonly [number, number])[]): Named => ({ name: 'a', labels: {}, points });

describe('a value on a picture', () => {
  it.each([
    [0.25, 's', '250 ms'],
    [90, 's', '90 s'],
    [5_400, 's', '90 min'],
    [0.0512, 'percentunit', '5.1 %'],
    [3 * 1024 ** 3, 'bytes', '3 GiB'],
    [12_500, 'reqps', '12.5 k req/s'],
  ] as const)('is read as a person reads it: %d %s', (value, unit, text) => {
    expect(shown(value, unit)).toBe(text);
  });
});

describe('the lines of a grid', () => {
  it('enclose all values, are a handful, and evenly apart', () => {
    const values = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(values, ([low, range]) => {
        const ticks = niceTicks(low, low + range);
        const [first = Number.NaN, last = Number.NaN] = [ticks[0], ticks.at(-1)];
        const slack = Math.abs(low) * 1e-9 + 1e-9;
        expect(first).toBeLessThanOrEqual(low + slack);
        expect(last).toBeGreaterThanOrEqual(low + range - slack);
        expect(ticks.length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('a line', () => {
  it('is broken where nothing was heard', () => {
    const span = { from: 0, to: 600, step: 60 };
    expect(stretches(named([0, 1], [60, 2], [300, 3]), span)).toEqual([
      [
        [0, 1],
        [60, 2],
      ],
      [[300, 3]],
    ]);
  });
});

describe('a picture of a dashboard', () => {
  it('has every panel, also while there are no data, and no text that would end an element', () => {
    const [overview] = dashboardsOf(TARGET);
    if (!overview) throw new Error('There is no overview.');
    const panels = new Map(panelsOf(overview).map((panel) => [panel.slug, panel]));
    const span = { from: 0, to: 3_600, step: 60 };
    const svg = drawPage({
      title: 'a < b & c',
      rows: placed(overview.rows),
      dataOf: (slug) => {
        const panel = panels.get(slug);
        if (!panel) throw new Error(slug);
        return {
          panel,
          steps: [],
          series: slug === 'rpo' ? [] : [named([0, 1], [3_600, 1])],
          span,
          moved: [1_800],
        };
      },
      span,
      caption: 'sample',
    });
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).not.toContain('NaN');
    for (const { title } of panels.values()) expect(svg).toContain(`>${title}<`);
  });
});

describe('the sample day', () => {
  it('is the same in every run', () => {
    expect(sampleTexts(TARGET, 'standby')).toEqual(sampleTexts(TARGET, 'standby'));
  });

  it('has only series that some collector brings or a rule writes', () => {
    const names = new Set(sampleSeries(TARGET).map(({ name }) => name));
    const written = recordGroups(TARGET, 'home').flatMap(({ rules }) => rules.map(({ record }) => record));
    const known = new Set(['ALERTS', ...written]);
    expect([...names].filter((name) => !known.has(name) && !seriesNamed(name))).toEqual([]);
  });

  it('seen from one region has of the other one what is read of a peer', () => {
    const ofHome = sampleSeries(TARGET, 'standby').filter(({ labels }) => labels.role === 'home');
    expect(ofHome.map(({ name }) => name)).toContain('aws_holdfast_leads_maximum');
    expect(ofHome.map(({ name }) => name)).not.toContain('pg_up');
  });
});

describe("Grafana's variables", () => {
  it('are filled in before Prometheus is asked', () => {
    expect(filledIn('sum(rate(a{region=~"$region", service=~"$service"}[$__rate_interval]))')).toBe(
      'sum(rate(a{region=~".*", service=~".*"}[5m]))',
    );
  });
});
