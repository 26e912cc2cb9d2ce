import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import type { Platform } from '../../config/platform';
import { RUNBOOK } from '../alerts/catalogue';
import { dashboardsOf } from '.';
import { alertsAt, stepsOf } from './bounds';
import { DATA_SOURCE, grafanaPanel } from './grafana-panel';
import { dashboardUid, type PageName, panelId, panelPath } from './identity';
import { COLUMNS, placed } from './layout';
import type { Choice, Dashboard, Panel } from './panel';
import { articlesOf } from './runbook';

/** Tag of every dashboard that Holdfast makes. */
export const TAG = 'holdfast';
/** Format of the oldest Grafana in use, 10; each later one reads it and brings it up to date. */
const SCHEMA_VERSION = 39;
const ARTICLE_ROWS = 16;

/** A dashboard as Grafana exports and imports it. */
export type GrafanaDashboard = grafana.Dashboard & { readonly uid: string; readonly title: string };

/**
 * @param runbook Markdown of the articles about alerts
 * @returns the dashboards of a platform, for any Grafana with a data source of Prometheus: the overview first, the runbook
 *   last
 */
export const grafanaDashboards = (platform: Platform, runbook: string): readonly GrafanaDashboard[] => [
  ...dashboardsOf(platform).map((dashboard) => grafanaDashboard(platform, dashboard)),
  runbookPage(platform, runbook),
];

function grafanaDashboard(platform: Platform, dashboard: Dashboard): GrafanaDashboard {
  const { name, title, description, choices, rows } = dashboard;
  const builder = page(platform, name, title, description)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .withVariable(dataSource())
    .annotation(moves());
  for (const choice of choices) builder.withVariable(CHOICES[choice]());
  for (const { title: heading, place, panels } of placed(rows)) {
    const row = new grafana.RowBuilder(heading).id(panelId(name, `row: ${heading}`)).gridPos(place);
    builder.withRow(row);
    for (const { panel, place: at } of panels)
      builder.withPanel(linked(platform, dashboard, panel).gridPos(at));
  }
  return finished(platform, name, title, builder);
}

function linked(platform: Platform, { name }: Dashboard, panel: Panel) {
  const alerts = alertsAt(platform, name, panel);
  const named = alerts.map((alert) => `${alert.name}: ${RUNBOOK}#${alert.name.toLowerCase()}`);
  return grafanaPanel(panel, stepsOf(platform, name, panel))
    .id(panelId(name, panel.slug))
    .description([panel.description, ...named].join('\n\n'))
    .links(
      alerts.map((alert) =>
        new grafana.DashboardLinkBuilder(`Runbook: ${alert.name}`)
          .type(grafana.DashboardLinkType.Link)
          .url(panelPath(platform, 'runbook', alert.name)),
      ),
    );
}

/** The articles beside the panels that point at them: whoever is paged needs no other page that might be down as well. */
function runbookPage(platform: Platform, runbook: string): GrafanaDashboard {
  const title = 'Runbook of the alerts';
  const builder = page(platform, 'runbook', title, `What to do about each alert. From ${RUNBOOK}.`);
  for (const [index, { name, text }] of articlesOf(platform, runbook).entries()) {
    builder.withPanel(
      new TextBuilder()
        .id(panelId('runbook', name))
        .title(name)
        .mode(TextMode.Markdown)
        .content(text)
        .gridPos({ x: 0, y: index * ARTICLE_ROWS, w: COLUMNS, h: ARTICLE_ROWS }),
    );
  }
  return finished(platform, 'runbook', title, builder);
}

const page = (
  platform: Platform,
  name: PageName,
  title: string,
  description: string,
): grafana.DashboardBuilder =>
  new grafana.DashboardBuilder(`${platform.name}: ${title}`)
    .uid(dashboardUid(platform, name))
    .description(description)
    .tags([TAG, platform.name])
    .timezone('browser')
    // Changes by hand would be lost with the next deployment; a copy can be changed.
    .readonly()
    .link(
      new grafana.DashboardLinkBuilder('Dashboards')
        .type(grafana.DashboardLinkType.Dashboards)
        .tags([TAG, platform.name])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );

const finished = (
  platform: Platform,
  name: PageName,
  title: string,
  builder: grafana.DashboardBuilder,
): GrafanaDashboard => ({
  ...builder.build(),
  uid: dashboardUid(platform, name),
  title: `${platform.name}: ${title}`,
  schemaVersion: SCHEMA_VERSION,
});

const dataSource = () =>
  new grafana.DatasourceVariableBuilder('datasource').label('Seen from').type(DATA_SOURCE.type);

/** A list with "All": the values of a label in the data source that was chosen. */
const labelValues = (name: Choice, label: string, series: string) =>
  new grafana.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ qryType: 1, query: `label_values(${series}, ${name})`, refId: name })
    .definition(`label_values(${series}, ${name})`)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });

const CHOICES: Readonly<Record<Choice, () => grafana.QueryVariableBuilder>> = {
  region: () => labelValues('region', 'Region', 'aws_holdfast_agent_turns_sum'),
  service: () => labelValues('service', 'Service', 'ecs_task_cpu_reserved'),
};

/** A line through all panels where the lead has moved. */
const moves = () =>
  new grafana.AnnotationQueryBuilder()
    .name('Moves of the lead')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('purple')
    .expr(
      'max(last_over_time(aws_holdfast_epoch_maximum[15m])) > max(last_over_time(aws_holdfast_epoch_maximum[15m] offset 5m))',
    )
    .step('60s')
    .titleFormat('The lead has moved');
