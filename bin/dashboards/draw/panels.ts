import type { Color, Panel, Step } from '../../../lib/monitoring/dashboards/panel';
import { moves, niceTicks, plotBox, type Scale, scaleOf, timeAxis, valueAxis } from './axes';
import { type Named, type Span, stretches } from './data';
import { type Box, coordinate, element, fitting, text, widthOf } from './svg';
import { BORDER, COLORS, FAINT, INK, SMALL, seriesColor } from './theme';
import { shown } from './units';

/** What a panel is drawn from. */
export interface Drawn {
  readonly panel: Panel;
  readonly steps: readonly Step[];
  readonly series: readonly Named[];
  readonly span: Span;
  /** When the lead moved. */
  readonly moved: readonly number[];
}

const LEGEND = 20;

/** Draws what a panel shows into a box below its title. */
export function content(drawn: Drawn, box: Box): string {
  switch (drawn.panel.view) {
    case 'value':
    case 'names':
      return values(drawn, box);
    case 'lines':
    case 'areas':
      return lines(drawn, box);
    case 'states':
      return states(drawn, box);
    case 'table':
      return table(drawn, box);
  }
}

function values({ panel, steps, series }: Drawn, box: Box): string {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 + 8 };
  const style = { 'text-anchor': 'middle', 'font-weight': 'bold' };
  if (series.length === 0) {
    return text(middle, panel.nothing ?? 'no data', { ...style, 'font-size': 20, fill: COLORS.orange });
  }
  const width = box.width / series.length;
  return series
    .map(({ name, points }, index) => {
      const value = points.at(-1)?.[1] ?? Number.NaN;
      const isName = panel.view === 'names';
      const shownText = isName ? name : shown(value, panel.unit);
      const at = { x: box.x + width * (index + 0.5), y: middle.y };
      const size = Math.min(28, width / (shownText.length * 0.62));
      const main = text(at, shownText, {
        ...style,
        'font-size': size,
        fill: isName ? COLORS.green : colorOf(panel, steps, value),
      });
      const below = { 'text-anchor': 'middle', 'font-size': SMALL, fill: FAINT };
      return series.length === 1 ? main : main + text({ x: at.x, y: at.y + 20 }, name, below);
    })
    .join('');
}

/** The colour of the last bound that the value is beyond. */
function colorOf({ bad = 'above' }: Panel, steps: readonly Step[], value: number): string {
  const beyond: readonly Color[] =
    bad === 'above'
      ? steps.filter((step) => value >= step.value).map(({ color }) => color)
      : steps
          .filter((step) => value < step.value)
          .map(({ color }) => color)
          .reverse();
  return COLORS[beyond.at(-1) ?? 'green'];
}

function lines(drawn: Drawn, box: Box): string {
  const { panel, steps, span, moved } = drawn;
  const series = panel.view === 'areas' ? stacked(drawn.series) : drawn.series;
  const plot = plotBox({ ...box, height: box.height - LEGEND });
  const all = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const ticks = niceTicks(
    Math.min(panel.min ?? Number.POSITIVE_INFINITY, ...all),
    Math.max(panel.max ?? Number.NEGATIVE_INFINITY, ...all),
  );
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const scale = scaleOf(plot, span, low, high);
  const order = series.map((one, index) => ({ one, color: seriesColor(index) }));
  if (panel.view === 'areas') order.reverse();
  return [
    valueAxis(scale, ticks, panel.unit),
    timeAxis(scale, span),
    ...order.map(({ one, color }) => line(one, span, scale, color, panel.view === 'areas')),
    ...steps.filter(({ value }) => value > low && value < high).map((step) => bound(step, scale)),
    moves(scale, moved),
    legend(drawn.series, { ...box, y: box.y + box.height - 6 }),
  ].join('');
}

/** Each series upon those before it. */
function stacked(series: readonly Named[]): readonly Named[] {
  const sums = new Map<number, number>();
  return series.map((one) => ({
    ...one,
    points: one.points.map(([time, value]) => {
      const sum = (sums.get(time) ?? 0) + value;
      sums.set(time, sum);
      return [time, sum] as const;
    }),
  }));
}

function line(series: Named, span: Span, { x, y, box }: Scale, stroke: string, isStacked: boolean): string {
  return stretches(series, span)
    .map((points) => {
      const path = points.map(([time, value]) => `${coordinate(x(time))} ${coordinate(y(value))}`).join('L');
      const [first, last] = [points[0], points.at(-1)];
      if (!first || !last) return '';
      const ground = coordinate(box.y + box.height);
      const area = `M${coordinate(x(first[0]))} ${ground}L${path}L${coordinate(x(last[0]))} ${ground}Z`;
      return (
        // What is below was drawn later and must not shine through.
        (isStacked ? element('path', { d: area, fill: '#ffffff' }) : '') +
        element('path', { d: area, fill: stroke, 'fill-opacity': isStacked ? 0.3 : 0.05 }) +
        element('path', {
          d: `M${path}`,
          stroke,
          fill: 'none',
          'stroke-width': 1.4,
          'stroke-linejoin': 'round',
        })
      );
    })
    .join('');
}

const bound = ({ value, color }: Step, { box, y }: Scale): string =>
  element('line', {
    x1: box.x,
    x2: box.x + box.width,
    y1: y(value),
    y2: y(value),
    stroke: COLORS[color],
    'stroke-dasharray': '6 4',
  });

function legend(
  series: readonly Named[],
  at: { readonly x: number; readonly y: number; readonly width: number },
): string {
  let x = at.x + 8;
  return series
    .map(({ name }, index) => {
      const mark = element('rect', { x, y: at.y - 7, width: 11, height: 4, rx: 1, fill: seriesColor(index) });
      const label = text({ x: x + 15, y: at.y - 2 }, name, { 'font-size': SMALL, fill: INK });
      x += 15 + widthOf(name, SMALL) + 16;
      return x > at.x + at.width + 16 ? '' : mark + label;
    })
    .join('');
}

function states({ panel, series, span, moved }: Drawn, box: Box): string {
  const named = Math.min(190, Math.max(0, ...series.map(({ name }) => widthOf(name, SMALL))) + 14);
  const plot = { x: box.x + named, y: box.y, width: box.width - named - 6, height: box.height - 18 };
  const scale = scaleOf(plot, span, 0, 1);
  const height = plot.height / Math.max(1, series.length);
  const rows = series.map((one, index) => {
    const top = plot.y + index * height;
    const label = text({ x: plot.x - 8, y: top + height / 2 + 3.5 }, one.name, {
      'font-size': SMALL,
      fill: INK,
      'text-anchor': 'end',
    });
    const bands = sameValues(one, span).map(([from, to, value]) => {
      const { text: meaning, color } = panel.states?.[value] ?? {
        text: String(value),
        color: 'text' as const,
      };
      const x = scale.x(from);
      const width = Math.max(1, scale.x(Math.min(to, span.to)) - x);
      const rect = element('rect', {
        x,
        y: top + 2,
        width,
        height: Math.max(4, height - 4),
        fill: COLORS[color],
        'fill-opacity': 0.18,
        stroke: COLORS[color],
        'stroke-opacity': 0.5,
      });
      const fits = widthOf(meaning, SMALL) + 10 < width && height > 13;
      return (
        rect +
        (fits
          ? text({ x: x + 6, y: top + height / 2 + 3.5 }, meaning, {
              'font-size': SMALL,
              fill: COLORS[color],
            })
          : '')
      );
    });
    return label + bands.join('');
  });
  return rows.join('') + timeAxis(scale, span) + moves(scale, moved);
}

/** @returns from when to when a series had which value */
function sameValues(series: Named, span: Span): readonly (readonly [number, number, number])[] {
  return stretches(series, span).flatMap((points) => {
    const runs: [number, number, number][] = [];
    for (const [time, value] of points) {
      const run = runs.at(-1);
      if (run && run[2] === value) run[1] = time + span.step;
      else runs.push([time, time + span.step, value]);
    }
    return runs;
  });
}

/** The labels of each series, the gravest first; their values are all 1. */
function table({ panel, series }: Drawn, box: Box): string {
  if (series.length === 0)
    return text({ x: box.x + box.width / 2, y: box.y + box.height / 2 }, panel.nothing ?? 'no data', {
      'text-anchor': 'middle',
      fill: FAINT,
      'font-size': 14,
    });
  const columns = ['severity', 'alertname', 'component', 'region'];
  const width = box.width / columns.length;
  const cell = (content: string, column: number, row: number, fill: string, weight = 'normal') =>
    text({ x: box.x + 10 + column * width, y: box.y + 16 + row * 24 }, fitting(content, width - 10, 12), {
      'font-size': 12,
      fill,
      'font-weight': weight,
    });
  const head = columns.map((name, column) => cell(name, column, 0, FAINT, 'bold'));
  const order = [...series].sort((a, b) => (a.labels.severity ?? '').localeCompare(b.labels.severity ?? ''));
  const body = order.flatMap(({ labels }, row) => [
    element('line', {
      x1: box.x + 6,
      x2: box.x + box.width - 6,
      y1: box.y + 23 + row * 24,
      y2: box.y + 23 + row * 24,
      stroke: BORDER,
    }),
    ...columns.map((name, column) =>
      cell(
        labels[name] ?? '',
        column,
        row + 1,
        name === 'severity' ? severityColor(labels.severity) : INK,
        name === 'alertname' ? 'bold' : 'normal',
      ),
    ),
  ]);
  return [...head, ...body].join('');
}

const severityColor = (severity = ''): string => (severity === 'critical' ? COLORS.red : COLORS.orange);
