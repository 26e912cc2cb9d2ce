import { type Axis, axisOf, LEFT, markers, ticks, WIDTH } from '../../../lib/drill/report/axis';
import type { DrillReport, RequestRecord } from '../model';
import { marksOf, spanOf } from './span';

const BIN_MS = 500;
const TOP = 8;
const BOTTOM = 24;
const COUNTS = 130;
const LATENCIES = 110;

interface Bin {
  readonly fromMs: number;
  readonly home: number;
  readonly standby: number;
  readonly failed: number;
  /** 95 % of the good answers were faster, in milliseconds; undefined without one. */
  readonly p95: number | undefined;
  readonly p50: number | undefined;
}

const quantile = (sorted: readonly number[], share: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Requests by when they ended, half a second each. */
export function bins(requests: readonly RequestRecord[], fromMs: number, untilMs: number): Bin[] {
  const groups: RequestRecord[][] = Array.from({ length: Math.ceil((untilMs - fromMs) / BIN_MS) }, () => []);
  for (const one of requests) groups[Math.floor((one.endedMs - fromMs) / BIN_MS)]?.push(one);
  return groups.map((group, index) => {
    const good = group.filter(({ status }) => status === 200);
    const latencies = good.map(({ sentMs, endedMs }) => endedMs - sentMs).sort((a, b) => a - b);
    return {
      fromMs: fromMs + index * BIN_MS,
      home: good.filter(({ side }) => side === 'home').length,
      standby: good.filter(({ side }) => side === 'standby').length,
      failed: group.length - good.length,
      p95: quantile(latencies, 0.95),
      p50: quantile(latencies, 0.5),
    };
  });
}

/** How many requests were answered, by which region, and how many failed. */
export function requestCounts(report: DrillReport): string {
  const axis = axisOf(spanOf(report));
  const all = bins(report.requests, axis.fromMs, axis.untilMs);
  const most = Math.max(1, ...all.map(({ home, standby, failed }) => home + standby + failed));
  const height = TOP + COUNTS + BOTTOM;
  const unit = COUNTS / most;
  const bars = all.map(({ fromMs, home, standby, failed }) => {
    const [x, width] = [axis.x(fromMs), Math.max(0.8, axis.x(fromMs + BIN_MS) - axis.x(fromMs) - 0.4)];
    let y = TOP + COUNTS;
    const part = (count: number, kind: string): string => {
      if (count === 0) return '';
      y -= count * unit;
      return `<rect class="bar ${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${(count * unit).toFixed(1)}"/>`;
    };
    return part(home, 'home') + part(standby, 'standby') + part(failed, 'failed');
  });
  const perSecond = Math.round((most * 1000) / BIN_MS);
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Requests answered and failed over time">${ticks(axis, height)}${scale(`${perSecond} a second`, '0', TOP, COUNTS)}${bars.join('')}${markers(axis, marksOf(report), height)}</svg>`;
}

/** How long the good answers took. */
export function latencies(report: DrillReport): string {
  const axis = axisOf(spanOf(report));
  const all = bins(report.requests, axis.fromMs, axis.untilMs);
  const height = TOP + LATENCIES + BOTTOM;
  const most = niceAbove(Math.max(10, ...all.map(({ p95 = 0 }) => p95)));
  const y = (value: number): number => TOP + LATENCIES - (value / most) * LATENCIES;
  const lines = [line(all, axis, y, 'p95'), line(all, axis, y, 'p50')].join('');
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Latency over time">${ticks(axis, height)}${scale(`${most} ms`, '0', TOP, LATENCIES)}${lines}${markers(axis, marksOf(report), height)}</svg>`;
}

/** Broken where there was no answer: a line across would claim some. */
function line(all: readonly Bin[], axis: Axis, y: (value: number) => number, which: 'p50' | 'p95'): string {
  let pen = 'M';
  const path = all
    .map((bin) => {
      const value = bin[which];
      if (value === undefined) {
        pen = 'M';
        return '';
      }
      const point = `${pen}${axis.x(bin.fromMs + BIN_MS / 2).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
  return `<path class="line ${which}" d="${path}"/>`;
}

const niceAbove = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= value) ?? value;
};

const scale = (top: string, bottom: string, y: number, height: number): string =>
  `<text class="tick" x="${LEFT - 8}" y="${y + 10}" text-anchor="end">${top}</text><text class="tick" x="${LEFT - 8}" y="${y + height}" text-anchor="end">${bottom}</text>`;
