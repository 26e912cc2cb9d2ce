import type { Place, PlacedRow } from '../../../lib/monitoring/dashboards/layout';
import { clock } from './axes';
import type { Span } from './data';
import { content, type Drawn } from './panels';
import { type Box, element, fitting, text } from './svg';
import { BORDER, FAINT, FONT, INK, PAPER } from './theme';

const WIDTH = 1240;
const MARGIN = 16;
const HEAD = 64;
const FOOT = 34;
const COLUMN = (WIDTH - 2 * MARGIN) / 24;
const ROW = 29;
const GAP = 8;
const TITLE = 24;

/** A dashboard with the data of its panels. */
export interface DrawnPage {
  readonly title: string;
  readonly rows: readonly PlacedRow[];
  readonly dataOf: (slug: string) => Drawn;
  readonly span: Span;
  readonly caption: string;
}

/** @returns the dashboard as a picture: an SVG that stands on its own */
export function drawPage({ title, rows, dataOf, span, caption }: DrawnPage): string {
  const places = rows.flatMap(({ place, panels }) => [place, ...panels.map((one) => one.place)]);
  const bottom = Math.max(...places.map(({ y, h }) => y + h));
  const height = HEAD + bottom * ROW + FOOT;
  const parts = [
    element('rect', { width: WIDTH, height, fill: PAPER }),
    text({ x: MARGIN + 2, y: 36 }, title, { 'font-size': 20, 'font-weight': 'bold', fill: INK }),
    text({ x: WIDTH - MARGIN, y: 36 }, `${clock(span.from)} to ${clock(span.to)} UTC`, {
      'font-size': 13,
      fill: FAINT,
      'text-anchor': 'end',
    }),
    ...rows.flatMap((row) => [
      heading(row),
      ...row.panels.map(({ panel, place }) => card(dataOf(panel.slug), boxOf(place))),
    ]),
    text({ x: MARGIN + 2, y: height - 13 }, caption, { 'font-size': 12, fill: FAINT }),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${height}`,
    'font-family': FONT,
    role: 'img',
    'aria-labelledby': 'title',
  };
  return `${element('svg', attributes, element('title', { id: 'title' }, title), ...parts.map((part) => `\n${part}`), '\n')}\n`;
}

const boxOf = ({ x, y, w, h }: Place): Box => ({
  x: MARGIN + x * COLUMN + GAP / 2,
  y: HEAD + y * ROW + GAP / 2,
  width: w * COLUMN - GAP,
  height: h * ROW - GAP,
});

const heading = ({ title, place }: PlacedRow): string =>
  text({ x: MARGIN + 6, y: HEAD + place.y * ROW + 20 }, title, {
    'font-size': 14,
    'font-weight': 'bold',
    fill: INK,
  });

function card(drawn: Drawn, box: Box): string {
  const { x, y, width, height } = box;
  return [
    element('rect', { x, y, width, height, rx: 5, fill: '#ffffff', stroke: BORDER }),
    text({ x: x + 10, y: y + 17 }, fitting(drawn.panel.title, width - 20, 12), {
      'font-size': 12,
      'font-weight': 'bold',
      fill: INK,
    }),
    content(drawn, { x: x + 4, y: y + TITLE + 4, width: width - 8, height: height - TITLE - 8 }),
  ].join('\n');
}
