import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Color, Panel, State, Step } from './panel';

/** The data source that a person chooses at the top of a dashboard; AMP's and any other Prometheus are of this type. */
export const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** How often the collectors read; Grafana's `$__rate_interval` is never shorter than four of these. */
const SCRAPE_INTERVAL = '30s';
const FILL_OPACITY = { lines: 10, areas: 40 } as const;

type Builder = StatBuilder | TimelineBuilder | TableBuilder | LinesBuilder;

/** @returns the panel as Grafana's own code would make it, without its place, number and links */
export function grafanaPanel(panel: Panel, steps: readonly Step[]): Builder {
  const builder = VIEWS[panel.view](panel, steps);
  builder
    .title(panel.title)
    .datasource(DATA_SOURCE)
    .unit(panel.unit)
    .noValue(panel.nothing ?? 'no data');
  if (panel.min !== undefined) builder.min(panel.min);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.states) builder.mappings([mapping(Object.entries(panel.states))]);
  for (const [index, query] of panel.queries.entries()) builder.withTarget(target(panel, index, query));
  return builder;
}

const VIEWS: Readonly<Record<Panel['view'], (panel: Panel, steps: readonly Step[]) => Builder>> = {
  value: (panel, steps) => stat(common.BigValueTextMode.Auto).thresholds(ofValues(panel, steps)),
  names: () => stat(common.BigValueTextMode.Name).colorScheme(fixed('green')),
  lines: (_, steps) => lines(steps).fillOpacity(FILL_OPACITY.lines),
  areas: (_, steps) =>
    lines(steps)
      .fillOpacity(FILL_OPACITY.areas)
      .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A')),
  states: () =>
    new TimelineBuilder()
      .mergeValues(true)
      .showValue(common.VisibilityMode.Auto)
      .rowHeight(0.8)
      .legend(legend().showLegend(false)),
  table: (panel) => table(panel),
};

const stat = (mode: common.BigValueTextMode): StatBuilder =>
  new StatBuilder()
    .textMode(mode)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));

const legend = (): common.VizLegendOptionsBuilder =>
  new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom);

const lines = (steps: readonly Step[]): LinesBuilder =>
  new LinesBuilder()
    .lineWidth(1)
    .showPoints(common.VisibilityMode.Never)
    .legend(legend())
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.PaletteClassicByName))
    .thresholds(bounds('transparent', steps))
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(
        steps.length > 0 ? common.GraphThresholdsStyleMode.Dashed : common.GraphThresholdsStyleMode.Off,
      ),
    );

/** Only the labels and the values: times are all the same, and the value of a list of names says nothing. */
function table({ queries }: Panel): TableBuilder {
  const renameByName = Object.fromEntries(
    queries.map(({ legend }, index) => [`Value #${refId(index)}`, legend]),
  );
  const many = queries.length > 1;
  const builder = new TableBuilder();
  if (many) builder.withTransformation({ id: 'merge', options: {} });
  return builder.withTransformation({
    id: 'organize',
    options: many
      ? { excludeByName: { Time: true }, renameByName, indexByName: {} }
      : { excludeByName: { Time: true, Value: true }, renameByName: {}, indexByName: {} },
  });
}

/** Above the first bound its colour, above the second that one's; or below, where little is bad. */
function ofValues({ bad = 'above' }: Panel, steps: readonly Step[]): grafana.ThresholdsConfigBuilder {
  if (bad === 'above') return bounds('green', steps);
  const colors = [...steps.map(({ color }) => color), 'green' as const];
  return bounds(
    colors[0] ?? 'green',
    steps.map(({ value }, index) => ({ value, color: colors[index + 1] ?? 'green' })),
  );
}

const bounds = (base: Color | 'transparent', steps: readonly Step[]): grafana.ThresholdsConfigBuilder =>
  new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...steps]);

const fixed = (color: Color): grafana.FieldColorBuilder =>
  new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Fixed).fixedColor(color);

const mapping = (states: readonly (readonly [string, State])[]): grafana.ValueMap => ({
  type: grafana.MappingType.ValueToText,
  options: Object.fromEntries(
    states.map(([value, { text, color }], index) => [value, { text, color, index }]),
  ),
});

function target(
  { view }: Panel,
  index: number,
  { expression, legend }: Panel['queries'][number],
): cog.Builder<cog.Dataquery> {
  const query = new prometheus.DataqueryBuilder()
    .refId(refId(index))
    .expr(expression)
    .legendFormat(legend)
    .interval(SCRAPE_INTERVAL)
    .datasource(DATA_SOURCE);
  if (view === 'table') return query.instant().format(prometheus.PromQueryFormat.Table);
  return view === 'value' || view === 'names' ? query.instant() : query.range();
}

const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);
