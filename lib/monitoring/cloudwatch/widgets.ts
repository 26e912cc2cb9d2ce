import type { Metric } from './alarm';

/** One line of a graph. */
export type Line =
  | (Metric & { readonly label: string })
  | { readonly expression: string; readonly label: string; readonly of: Readonly<Record<string, Metric>> }
  /** A line for each metric that is found; an alarm could not search, a dashboard can. */
  | { readonly search: string };

/** A part of a dashboard, in reading order. */
export type Widget =
  | { readonly kind: 'text'; readonly markdown: string }
  | { readonly kind: 'alarms'; readonly title: string; readonly arns: readonly string[] }
  | {
      readonly kind: 'graph' | 'number';
      readonly title: string;
      /** What the axis counts: `s`, `%`, `bytes`. */
      readonly unit: string;
      readonly lines: readonly Line[];
      /** Region of the metrics, where it is not the dashboard's own. */
      readonly region?: string;
    };

/** CloudWatch's grid is 24 wide. */
const COLUMNS = 24;
const SIZES: Readonly<Record<Widget['kind'], { readonly width: number; readonly height: number }>> = {
  text: { width: 24, height: 2 },
  alarms: { width: 24, height: 4 },
  graph: { width: 8, height: 6 },
  number: { width: 4, height: 3 },
};
const PERIOD_SECONDS = 60;

/**
 * The body of a dashboard: widgets from left to right, a new row where one does not fit.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * @param region of the dashboard
 */
export function dashboardBody(region: string, widgets: readonly Widget[]): object {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  const placed = widgets.map((widget) => {
    const { width, height } = SIZES[widget.kind];
    if (x + width > COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const place = { x, y, width, height };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return { ...place, ...content(region, widget) };
  });
  return { start: '-PT3H', periodOverride: 'inherit', widgets: placed };
}

function content(own: string, widget: Widget): object {
  if (widget.kind === 'text') return { type: 'text', properties: { markdown: widget.markdown } };
  if (widget.kind === 'alarms')
    return { type: 'alarm', properties: { title: widget.title, alarms: [...widget.arns] } };
  const { kind, title, unit, lines, region = own } = widget;
  return {
    type: 'metric',
    properties: {
      title,
      region,
      view: kind === 'graph' ? 'timeSeries' : 'singleValue',
      stacked: false,
      period: PERIOD_SECONDS,
      ...(kind === 'graph' ? { yAxis: { left: { label: unit, showUnits: false, min: 0 } } } : {}),
      metrics: lines.flatMap((line, index) => metricsOf(line, index)),
    },
  };
}

/** A metric as the body writes it: namespace, name, dimensions, then how it is shown. */
function metricsOf(line: Line, index: number): unknown[][] {
  if ('search' in line) return [[{ id: `l${index}`, expression: line.search }]];
  if (!('expression' in line)) return [[...address(line), { stat: line.statistic, label: line.label }]];
  // Ids are unique in a widget; each line has its own.
  const own = (id: string) => `l${index}${id}`;
  const expression = Object.keys(line.of).reduce(
    (text, id) => text.replace(new RegExp(`\\b${id}\\b`, 'g'), own(id)),
    line.expression,
  );
  return [
    ...Object.entries(line.of).map(([id, metric]) => [
      ...address(metric),
      { id: own(id), stat: metric.statistic, visible: false },
    ]),
    [{ id: own('result'), expression, label: line.label }],
  ];
}

const address = ({ namespace, metric, dimensions }: Metric): string[] => [
  namespace,
  metric,
  ...Object.entries(dimensions).flat(),
];
