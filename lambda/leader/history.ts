import type { HistoryEntry, State } from './record';

/** How many claims that were given back a history keeps; moves are all kept. */
export const WITHDRAWN_MAX = 20;

/**
 * A claim that is given back leaves two entries: the claim's, and right behind it the one of reason `withdrawn` with
 * which the former holder leads again. They stay and go together, so that the entry of a claim that came to nothing
 * can never be read as a move.
 * @returns the history with one more entry, without the oldest claims that were given back
 */
export function appended(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  const whole = [...history, entry];
  const withdrawn = whole.flatMap(({ reason }, index) => (reason === 'withdrawn' ? [index] : []));
  const dropped = withdrawn.slice(0, Math.max(0, withdrawn.length - WITHDRAWN_MAX));
  return whole.filter((_, index) => !dropped.includes(index) && !dropped.includes(index + 1));
}

/** @returns the changes of holder that were not given back, oldest first; of a claim under way it is not known yet */
export const moves = (history: readonly HistoryEntry[]): readonly HistoryEntry[] =>
  history.filter(
    ({ reason }, index) =>
      reason !== 'first' && reason !== 'withdrawn' && history[index + 1]?.reason !== 'withdrawn',
  );

/**
 * @param history whose last entry is a claim
 * @returns in which state the former holder leads again if the claim is given back. What preceded a forced claim is not
 *   known, so that the platform counts as protected only if the lead has never moved.
 */
export function stateIfWithdrawn(history: readonly HistoryEntry[]): State {
  const movedBefore = moves(history.slice(0, -1)).length > 0;
  return movedBefore && history.at(-1)?.reason !== 'forced' ? 'PROTECTED' : 'SERVING';
}

/** @returns who led before the last change of holder; undefined if there was none */
export const formerHolder = (history: readonly HistoryEntry[]): string | undefined => history.at(-2)?.holder;

/** @returns the epoch in which a region led last; 0 if it never did. A claim that was given back is none. */
export const lastEpochOf = (history: readonly HistoryEntry[], region: string): number =>
  history.findLast(({ holder }, index) => holder === region && history[index + 1]?.reason !== 'withdrawn')
    ?.epoch ?? 0;
