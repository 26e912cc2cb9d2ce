import type { LeadershipRecord, State } from './record';

/** States in which the holder takes writes. */
const SETTLED: readonly State[] = ['SERVING', 'REBUILDING', 'PROTECTED'];

/**
 * Whether who leads may be another one in a minute. A freeze is no move: it is meant for deployments too. Nor is a
 * rebuilding, which takes hours and moves nothing.
 * @returns why, as the end of "because the lead ...", without a full stop; undefined if the lead stays
 */
export function movingOf({ state, holder, operation }: LeadershipRecord): string | undefined {
  if (!SETTLED.includes(state)) return `just moves (${state}, ${holder})`;
  if (operation && operation.kind !== 'failback')
    return `is about to move to ${operation.to} (${operation.kind})`;
  return undefined;
}
