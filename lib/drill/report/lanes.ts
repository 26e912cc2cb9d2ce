import { type Axis, LEFT, type Mark, markers, ticks, WIDTH } from './axis';
import { html } from './html';

/** What a lane shows at a moment: a class for its colour, and words. */
export interface State {
  readonly kind: string;
  readonly words: string;
}

export interface Segment extends State {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How one thing was, over time. */
export interface Lane {
  readonly name: string;
  readonly segments: readonly Segment[];
}

const LANE = 30;
const TOP = 6;
const BOTTOM = 24;
/** Narrower ones are drawn without their words. */
const WORDS_FROM = 46;
const LETTER = 6.4;

/** @param label what the picture shows, for those who do not see it */
export function drawLanes(axis: Axis, lanes: readonly Lane[], marks: readonly Mark[], label: string): string {
  const height = TOP + lanes.length * LANE + BOTTOM;
  const drawn = lanes.map((lane, row) => drawLane(lane, row, axis)).join('');
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${html(label)}">${ticks(axis, height)}${drawn}${markers(axis, marks, height)}</svg>`;
}

function drawLane({ name, segments }: Lane, row: number, axis: Axis): string {
  const y = TOP + row * LANE;
  const bars = segments.map(({ kind, words, fromMs, untilMs }) => {
    const [x, width] = [axis.x(fromMs), Math.max(1, axis.x(untilMs) - axis.x(fromMs))];
    const room = Math.floor((width - 8) / LETTER);
    const shown =
      width < WORDS_FROM ? '' : words.length > room ? `${words.slice(0, Math.max(1, room - 1))}…` : words;
    const seconds = ((untilMs - fromMs) / 1000).toFixed(1);
    return `<g><title>${html(`${name}: ${words}, for ${seconds} s`)}</title><rect class="bar ${kind}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${LANE - 8}" rx="3"/><text class="word ${kind}" x="${(x + 5).toFixed(1)}" y="${y + 15}">${html(shown)}</text></g>`;
  });
  return `<text class="lane" x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${html(name)}</text>${bars.join('')}`;
}
