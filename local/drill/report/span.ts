import type { Mark, Span } from '../../../lib/drill/report/axis';
import type { DrillReport, Missing } from '../model';

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

/** The time of the missing writes, the beginning of the trouble, and when a database and then a client's write was back. */
export const marksOf = ({
  troubleMs,
  writableMs,
  figures: { rtoSeconds },
  account,
}: DrillReport): readonly Mark[] => [
  ...missingOf(account.missing, troubleMs),
  { atMs: troubleMs, kind: 'trouble' },
  { atMs: writableMs, kind: 'writable' },
  {
    atMs: troubleMs === undefined || rtoSeconds === undefined ? undefined : troubleMs + rtoSeconds * 1000,
    kind: 'client',
  },
];

/** What the RPO counts: from the oldest write that is missing to the trouble, or to the last one that is. */
function missingOf(missing: readonly Missing[], troubleMs: number | undefined): Mark[] {
  const [first, last] = [missing[0], missing.at(-1)];
  if (!first || !last || troubleMs === undefined) return [];
  return [{ atMs: first.atMs, untilMs: Math.max(troubleMs, last.atMs), kind: 'missing' }];
}
