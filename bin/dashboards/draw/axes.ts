import type { Unit } from '../../../lib/monitoring/dashboards/panel';
import type { Span } from './data';
import { type Box, coordinate, element, text } from './svg';
import { COLORS, FAINT, GRID, SMALL } from './theme';
import { shown } from './units';

const HOUR = 3_600;
const LEFT = 58;
const BOTTOM = 18;
/** Steps between the lines of a grid, within a power of ten. */
const NICE = [1, 2, 2.5, 5, 10];
const LINES = 4;

/** Where values and times lie in a panel. */
export interface Scale {
  readonly box: Box;
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
}

/** The part of a panel in which lines are drawn. */
export const plotBox = ({ x, y, width, height }: Box): Box => ({
  x: x + LEFT,
  y,
  width: width - LEFT - 6,
  height: height - BOTTOM,
});

export function scaleOf(box: Box, span: Span, low: number, high: number): Scale {
  const range = high - low || 1;
  return {
    box,
    x: (time) => box.x + ((time - span.from) / (span.to - span.from)) * box.width,
    y: (value) => box.y + box.height - ((value - low) / range) * box.height,
  };
}

/** @returns round numbers from below `low` to above `high` */
export function niceTicks(low: number, high: number): readonly number[] {
  const rough = (high - low || Math.abs(high) || 1) / LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (NICE.find((one) => one * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Horizontal lines with their values. */
export const valueAxis = ({ box, y }: Scale, ticks: readonly number[], unit: Unit): string =>
  ticks
    .map((value) => {
      const at = y(value);
      return (
        element('line', { x1: box.x, x2: box.x + box.width, y1: at, y2: at, stroke: GRID }) +
        text({ x: box.x - 6, y: at + 3.5 }, shown(value, unit), {
          'font-size': SMALL,
          fill: FAINT,
          'text-anchor': 'end',
        })
      );
    })
    .join('');

/** Full hours, or half ones where there are few. */
export function timeAxis({ box, x }: Scale, { from, to }: Span): string {
  const step = to - from > 6 * HOUR ? HOUR : HOUR / 2;
  const marks: string[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const at = x(time);
    if (at > box.x + box.width - 8) break;
    marks.push(
      text({ x: at, y: box.y + box.height + 14 }, clock(time), {
        'font-size': SMALL,
        fill: FAINT,
        'text-anchor': 'middle',
      }),
    );
  }
  return marks.join('');
}

export const clock = (time: number): string => new Date(time * 1000).toISOString().slice(11, 16);

/** A line where the lead has moved, through every panel that shows time. */
export const moves = ({ box, x }: Scale, times: readonly number[]): string =>
  times
    .map((time) =>
      element('path', {
        d: `M${coordinate(x(time))} ${coordinate(box.y)}v${coordinate(box.height)}`,
        stroke: COLORS.purple,
        'stroke-dasharray': '4 3',
        fill: 'none',
      }),
    )
    .join('');
