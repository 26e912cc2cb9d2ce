import { html } from './html';

/** What the pictures of a report have in common: their width and where a time is in them. */

export const WIDTH = 960;
/** For the names of lanes and the numbers of axes. */
export const LEFT = 150;
export const RIGHT = 12;

/** Which time a picture shows. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Time that counts as zero: the beginning of the trouble, or of the drill. */
  readonly zeroMs: number;
}

export interface Axis extends Span {
  /** @returns x of a time, in units of the picture */
  readonly x: (atMs: number) => number;
}

export function axisOf({ fromMs, untilMs, zeroMs }: Span): Axis {
  const scale = (WIDTH - LEFT - RIGHT) / (untilMs - fromMs);
  return { x: (atMs) => LEFT + (atMs - fromMs) * scale, fromMs, untilMs, zeroMs };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const LONGEST_STEP = 7200;
const TICKS = 10;
/** Steps as long as this are told in minutes. */
const MINUTES_FROM = 300;

/** Time from the zero, along the bottom of a picture of this height. */
export function ticks({ x, fromMs, untilMs, zeroMs }: Axis, height: number): string {
  const span = (untilMs - fromMs) / 1000;
  const step = STEPS.find((one) => span / one <= TICKS) ?? LONGEST_STEP;
  const first = Math.ceil((fromMs - zeroMs) / 1000 / step) * step;
  const marks: string[] = [];
  for (let second = first; zeroMs + second * 1000 <= untilMs; second += step) {
    const at = x(zeroMs + second * 1000).toFixed(1);
    const text = step >= MINUTES_FROM ? `${second / 60} min` : `${second} s`;
    marks.push(
      `<line class="grid" x1="${at}" y1="0" x2="${at}" y2="${height - 18}"/><text class="tick" x="${at}" y="${height - 4}" text-anchor="middle">${text}</text>`,
    );
  }
  return marks.join('');
}

/** A moment that matters. */
export interface Mark {
  /** Undefined if it never came: then nothing is drawn. */
  readonly atMs: number | undefined;
  readonly kind: string;
  /** Where it ends, if it is a time and not a moment: then it is drawn as a band. */
  readonly untilMs?: number;
}

/** Vertical lines and bands at what matters. */
export const markers = ({ x }: Axis, marks: readonly Mark[], height: number): string =>
  marks
    .map(({ atMs, kind, untilMs }) => {
      if (atMs === undefined) return '';
      const at = x(atMs).toFixed(1);
      if (untilMs !== undefined)
        return `<rect class="band ${kind}" x="${at}" y="0" width="${Math.max(1, x(untilMs) - x(atMs)).toFixed(1)}" height="${height - 18}"><title>${html(kind)}</title></rect>`;
      return `<line class="mark ${kind}" x1="${at}" y1="0" x2="${at}" y2="${height - 18}"><title>${html(kind)}</title></line>`;
    })
    .join('');
