import type { Mark, Span } from '../../../lib/drill/report/axis';
import type { DrillReport } from '../model';

/** The time that the pictures of a report show. */
export function spanOf({ samples, requests, beganMs, troubleMs }: DrillReport): Span {
  const fromMs = Math.min(beganMs, ...samples.slice(0, 1).map(({ atMs }) => atMs));
  const untilMs = Math.max(
    fromMs + 1000,
    ...samples.slice(-1).map(({ atMs }) => atMs),
    ...requests.slice(-1).map(({ endedMs }) => endedMs),
  );
  return { fromMs, untilMs, zeroMs: troubleMs ?? fromMs };
}

export const marksOf = ({ troubleMs, writableMs }: DrillReport): readonly Mark[] => [
  { atMs: troubleMs, kind: 'trouble' },
  { atMs: writableMs, kind: 'writable' },
];
