import { type Axis, axisOf, LEFT, markers, ticks, WIDTH } from '../../../lib/drill/report/axis';
import type { DrillReport, Sample, Side } from '../model';
import { marksOf, spanOf } from './span';

const TOP = 8;
const HEIGHT = 70;
const BOTTOM = 24;
/** Less is drawn as such: a lease of a test lasts some seconds. */
const LEAST_SECONDS = 5;

/** For how long the lease of each database lasts, as somebody sees it who looks at the database: it is renewed again and again. */
export function leases(report: DrillReport): string {
  const axis = axisOf(spanOf(report));
  const height = TOP + HEIGHT + BOTTOM;
  const { samples } = report;
  const most = Math.ceil(
    samples.reduce(
      (longest, { databases: { home, standby } }) =>
        Math.max(longest, home.leaseSeconds ?? 0, standby.leaseSeconds ?? 0),
      LEAST_SECONDS,
    ),
  );
  const y = (seconds: number): number => TOP + HEIGHT - (seconds / most) * HEIGHT;
  const lines = (['home', 'standby'] as const).map((side) => line(samples, side, axis, y)).join('');
  const scale = `<text class="tick" x="${LEFT - 8}" y="${TOP + 10}" text-anchor="end">${most} s</text><text class="tick" x="${LEFT - 8}" y="${TOP + HEIGHT}" text-anchor="end">lease: 0</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Seconds until the lease of each database runs out, over time">${ticks(axis, height)}${scale}${lines}${markers(axis, marksOf(report), height)}</svg>`;
}

/** Broken where the database is no primary: a replica has no lease of its own. */
function line(samples: readonly Sample[], side: Side, axis: Axis, y: (seconds: number) => number): string {
  let pen = 'M';
  const path = samples.map(({ atMs, databases }) => {
    const { leaseSeconds } = databases[side];
    if (leaseSeconds === undefined) {
      pen = 'M';
      return '';
    }
    const point = `${pen}${axis.x(atMs).toFixed(1)} ${y(leaseSeconds).toFixed(1)}`;
    pen = 'L';
    return point;
  });
  return `<path class="line ${side}" d="${path.join('')}"/>`;
}
