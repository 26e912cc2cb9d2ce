import type { DrillReport } from '../model';
import { html } from './html';

/** What the pictures of a report have in common: their width and where a time is in them. */

export const WIDTH = 960;
/** For the names of lanes and the numbers of axes. */
export const LEFT = 150;
export const RIGHT = 12;

export interface Axis {
  /** @returns x of a time, in units of the picture */
  readonly x: (atMs: number) => number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Time that counts as zero: the beginning of the trouble, or of the drill. */
  readonly zeroMs: number;
}

export function axisOf({ samples, requests, beganMs, troubleMs }: DrillReport): Axis {
  const fromMs = Math.min(beganMs, ...samples.slice(0, 1).map(({ atMs }) => atMs));
  const untilMs = Math.max(
    fromMs + 1000,
    ...samples.slice(-1).map(({ atMs }) => atMs),
    ...requests.slice(-1).map(({ endedMs }) => endedMs),
  );
  const scale = (WIDTH - LEFT - RIGHT) / (untilMs - fromMs);
  return { x: (atMs) => LEFT + (atMs - fromMs) * scale, fromMs, untilMs, zeroMs: troubleMs ?? fromMs };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];
const TICKS = 10;

/** Seconds from the zero, along the bottom of a picture of this height. */
export function ticks({ x, fromMs, untilMs, zeroMs }: Axis, height: number): string {
  const span = (untilMs - fromMs) / 1000;
  const step = STEPS.find((one) => span / one <= TICKS) ?? 3600;
  const first = Math.ceil((fromMs - zeroMs) / 1000 / step) * step;
  const marks: string[] = [];
  for (let second = first; zeroMs + second * 1000 <= untilMs; second += step) {
    const at = x(zeroMs + second * 1000).toFixed(1);
    marks.push(
      `<line class="grid" x1="${at}" y1="0" x2="${at}" y2="${height - 18}"/><text class="tick" x="${at}" y="${height - 4}" text-anchor="middle">${second} s</text>`,
    );
  }
  return marks.join('');
}

/** Vertical lines at what matters, with their names at the top. */
export function markers({ x }: Axis, { troubleMs, writableMs }: DrillReport, height: number): string {
  const mark = (atMs: number | undefined, kind: string): string => {
    if (atMs === undefined) return '';
    const at = x(atMs).toFixed(1);
    return `<line class="mark ${kind}" x1="${at}" y1="0" x2="${at}" y2="${height - 18}"><title>${html(kind)}</title></line>`;
  };
  return mark(troubleMs, 'trouble') + mark(writableMs, 'writable');
}
