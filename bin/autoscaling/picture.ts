import { niceTicks, type Scale, scaleOf, timeAxis, valueAxis } from '../dashboards/draw/axes';
import { type Box, coordinate, element, text } from '../dashboards/draw/svg';
import { BORDER, COLORS, FAINT, FONT, INK, PAPER, SMALL } from '../dashboards/draw/theme';
import { type Morning, mornings } from './course';
import type { Minute } from './simulate';
import { SPAN } from './timelines';

const WIDTH = 1240;
const COLUMNS = 2;
const MARGIN = 16;
const GAP = 12;
const HEAD = 66;
const FOOT = 30;
const CARD = { width: (WIDTH - 2 * MARGIN - GAP) / COLUMNS, height: 250 };
const ARRIVES = '#d0d7de';

/** Where the generated picture is. */
export const AUTOSCALING_PICTURE = 'docs/autoscaling.svg';

/** @returns the path of the picture of the simulated mornings, and its text */
export const autoscalingPicture = (): Readonly<Record<string, string>> => ({
  [AUTOSCALING_PICTURE]: draw(mornings()),
});

function draw(all: readonly Morning[]): string {
  const rows = Math.ceil(all.length / COLUMNS);
  const height = HEAD + rows * (CARD.height + GAP) + FOOT;
  const title = 'Tasks of every service that is scaled, over a morning with a spike at 10:00';
  const parts = [
    element('rect', { width: WIDTH, height, fill: PAPER }),
    text({ x: MARGIN, y: 30 }, title, { 'font-size': 18, 'font-weight': 'bold', fill: INK }),
    legend(),
    ...all.map((morning, index) => card(morning, boxOf(index))),
    text(
      { x: MARGIN, y: height - 12 },
      'Simulated: the alarms and policies are those of the templates; the load, the 60 s until a metric is known and the 75 s until a task works are assumed.',
      { 'font-size': 12, fill: FAINT },
    ),
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

const boxOf = (index: number): Box => ({
  x: MARGIN + (index % COLUMNS) * (CARD.width + GAP),
  y: HEAD + Math.floor(index / COLUMNS) * (CARD.height + GAP),
  ...CARD,
});

function legend(): string {
  const entries = [
    ['tasks that are meant to run', COLORS.blue],
    ['tasks that work', COLORS.green],
    ['what arrives, in tasks that it keeps fully busy', ARRIVES],
    ['fewest and most of the platform file', FAINT],
  ] as const;
  let x = MARGIN;
  return entries
    .map(([name, color]) => {
      const entry =
        element('rect', { x, y: 45, width: 12, height: 8, fill: color }) +
        text({ x: x + 17, y: 53 }, name, { 'font-size': 12, fill: INK });
      x += 40 + name.length * 6.4;
      return entry;
    })
    .join('');
}

function card({ timeline, rules, course }: Morning, box: Box): string {
  const plot = { x: box.x + 44, y: box.y + 46, width: box.width - 58, height: box.height - 70 };
  const work = ({ arrivals }: Minute): number => arrivals / timeline.perTask;
  const top = Math.max(rules.max, ...course.minutes.map(work));
  const ticks = niceTicks(0, top);
  const scale = scaleOf(plot, SPAN, 0, Math.max(...ticks));
  return [
    element('rect', { ...box, rx: 5, fill: '#ffffff', stroke: BORDER }),
    text({ x: box.x + 12, y: box.y + 20 }, `${timeline.platform}: ${timeline.service}`, {
      'font-size': 13,
      'font-weight': 'bold',
      fill: INK,
    }),
    text({ x: box.x + 12, y: box.y + 36 }, subtitle({ timeline, rules, course }), {
      'font-size': SMALL,
      fill: FAINT,
    }),
    valueAxis(scale, ticks, 'short'),
    timeAxis(scale, SPAN),
    area(scale, course.minutes, work),
    ...[rules.min, rules.max].map((bound) => boundLine(scale, bound)),
    steps(scale, course.minutes, ({ running }) => running, COLORS.green),
    steps(scale, course.minutes, ({ desired }) => desired, COLORS.blue),
  ].join('');
}

function subtitle({ timeline, rules, course }: Morning): string {
  const most = Math.round(Math.max(...course.minutes.map(({ arrivals }) => arrivals)));
  const longest = Math.round(Math.max(...course.minutes.map(({ backlog }) => backlog)));
  const waited = timeline.waits ? `, at most ${longest.toLocaleString('en-US')} messages wait` : '';
  return `${rules.min} to ${rules.max} tasks; up to ${most.toLocaleString('en-US')} ${timeline.unit}${waited}`;
}

const boundLine = ({ box, y }: Scale, value: number): string =>
  element('line', {
    x1: box.x,
    x2: box.x + box.width,
    y1: y(value),
    y2: y(value),
    stroke: FAINT,
    'stroke-dasharray': '5 4',
  });

function area({ box, x, y }: Scale, minutes: readonly Minute[], value: (minute: Minute) => number): string {
  const points = minutes.map((minute) => `L${coordinate(x(minute.time))} ${coordinate(y(value(minute)))}`);
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (!first || !last) return '';
  const floor = coordinate(box.y + box.height);
  return element('path', {
    d: `M${coordinate(x(first.time))} ${floor}${points.join('')}L${coordinate(x(last.time))} ${floor}Z`,
    fill: ARRIVES,
    'fill-opacity': 0.55,
  });
}

/** A line that keeps its value until the next minute. Only changes are written. */
function steps(
  { x, y }: Scale,
  minutes: readonly Minute[],
  value: (minute: Minute) => number,
  stroke: string,
): string {
  const path = minutes.flatMap((minute, index) => {
    const at = `${coordinate(x(minute.time))} ${coordinate(y(value(minute)))}`;
    if (index === 0) return [`M${at}`];
    const before = minutes[index - 1];
    const changed = before !== undefined && value(before) !== value(minute);
    if (!changed && index < minutes.length - 1) return [];
    return [`H${coordinate(x(minute.time))}V${coordinate(y(value(minute)))}`];
  });
  return element('path', { d: path.join(''), stroke, 'stroke-width': 1.8, fill: 'none' });
}
