import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../lib/monitoring/alerts/catalogue';
import { type GrafanaDashboard, grafanaDashboards, TAG } from '../../../lib/monitoring/dashboards/grafana';
import { dashboardUid, panelId, panelPath } from '../../../lib/monitoring/dashboards/identity';
import { articlesOf } from '../../../lib/monitoring/dashboards/runbook';
import { platform, SYSTEMS } from '../../support/synth';

const RUNBOOK =
  '# Alerts\n\n## HighErrorRate\n\nRequests fail.\n\n### First\n\nLook.\n\n## Watchdog\n\nIt works.\n';

/** The parts of Grafana's JSON that are checked, read back from text as a Grafana would. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Place;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
}
interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list?: readonly { readonly name: string; readonly query: unknown }[] };
}
const asRead = (dashboard: GrafanaDashboard): DashboardJson => JSON.parse(JSON.stringify(dashboard));
const pagesOf = (name: string) => grafanaDashboards(platform(name), RUNBOOK).map(asRead);

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe.each(SYSTEMS)('the JSON of the dashboards of %s', (name) => {
  const pages = pagesOf(name);

  it('has identities that Grafana takes, each once', () => {
    const uids = pages.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    for (const uid of uids) expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(new Set(pages.map(({ title }) => title)).size).toBe(pages.length);
    for (const { tags } of pages) expect(tags).toContain(TAG);
  });

  it('numbers the panels of a dashboard differently', () => {
    for (const { panels } of pages) {
      const ids = panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(Number.isInteger(id) && id > 0).toBe(true);
    }
  });

  it('puts no panel upon another or beyond the grid', () => {
    for (const { panels } of pages) {
      for (const [index, one] of panels.entries()) {
        expect(one.gridPos.x + one.gridPos.w).toBeLessThanOrEqual(24);
        expect(panels.slice(0, index).filter((other) => overlap(one.gridPos, other.gridPos))).toEqual([]);
      }
    }
  });

  it('asks only the data source that a person chooses, with variables that the dashboard has', () => {
    for (const { panels, templating } of pages) {
      const known = new Set(
        (templating.list ?? []).map((variable) => `$${variable.name}`).concat('$__rate_interval'),
      );
      for (const { targets = [], datasource, type } of panels) {
        if (type === 'row' || type === 'text') continue;
        expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
        expect(targets.length).toBeGreaterThan(0);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
        for (const { expr, datasource: asked } of targets) {
          expect(asked.uid).toBe('$datasource');
          expect((expr.match(/\$\w+/g) ?? []).filter((variable) => !known.has(variable))).toEqual([]);
        }
      }
    }
  });

  it('links each panel to the articles about its alerts, in the page of the runbook', () => {
    const target = platform(name);
    const linked = pages.flatMap(({ panels }) =>
      panels.flatMap(({ links = [] }) => links.map(({ title, url }) => `${title} ${url}`)),
    );
    const expected = CATALOGUE.filter((alert) => alert.appliesTo(target)).map(
      (alert) => `Runbook: ${alert.name} ${panelPath(target, 'runbook', alert.name)}`,
    );
    expect(linked.sort()).toEqual(expected.sort());
    const articles = pages.find(({ uid }) => uid === dashboardUid(target, 'runbook'))?.panels ?? [];
    for (const { id, title } of articles) expect(id).toBe(panelId('runbook', title));
  });
});

describe('the number of a panel', () => {
  it('follows from its slug alone, for links that were sent long ago', () => {
    expect(panelId('services', 'errors')).not.toBe(panelId('balancer', 'errors'));
    expect(panelPath({ name: 'shop' }, 'services', 'errors')).toBe(
      '/d/holdfast-shop-services?viewPanel=11196994',
    );
  });
});

describe('the colours of a value', () => {
  const steps = (page: string, title: string) =>
    pagesOf('ops-center')
      .find(({ uid }) => uid === `holdfast-ops-center-${page}`)
      ?.panels.find((panel) => panel.title === title)?.fieldConfig?.defaults.thresholds?.steps;

  it('grow worse above a bound where much is bad', () => {
    expect(steps('overview', 'RPO now')).toEqual([
      { value: null, color: 'green' },
      { value: 60, color: 'orange' },
      { value: 300, color: 'red' },
    ]);
  });

  it('grow worse below a bound where little is bad', () => {
    expect(steps('overview', 'Error budget left')).toEqual([
      { value: null, color: 'red' },
      { value: 0, color: 'orange' },
      { value: 0.25, color: 'green' },
    ]);
  });
});

describe('the page of the runbook', () => {
  it('has the whole article of an alert, with its parts, and not the next one', () => {
    const texts = new Map(articlesOf(platform('ops-center'), RUNBOOK).map(({ name, text }) => [name, text]));
    expect(texts.get('HighErrorRate')).toBe('Requests fail.\n\n### First\n\nLook.');
    expect(texts.get('Watchdog')).toBe('It works.');
  });

  it('says where there is no article', () => {
    const { text } = articlesOf(platform('ops-center'), RUNBOOK)[0] ?? {};
    expect(text).toContain('There is no article about');
  });
});
