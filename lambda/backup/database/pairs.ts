import type { Due } from '../schedule';
import { type DatabaseSnapshot, judge, type Verdict } from './snapshot';

/** One of the two regions, seen from the one that the function runs in. */
export type Place = 'own' | 'other';
export const PLACES = ['own', 'other'] as const;
export const opposite = (place: Place): Place => (place === 'own' ? 'other' : 'own');

/** A backup in one region. */
export interface Side {
  readonly snapshot: DatabaseSnapshot;
  readonly verdict: Verdict;
}

/** A backup: under one name, in one or both regions. */
export interface Pair extends Due {
  readonly name: string;
  readonly sides: Readonly<Partial<Record<Place, Side>>>;
}

/**
 * @param snapshots of both regions
 * @param regions their names
 * @returns one pair for each name, newest first
 */
export function pairUp(
  snapshots: Readonly<Record<Place, readonly DatabaseSnapshot[]>>,
  regions: Readonly<Record<Place, string>>,
): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const place of PLACES) {
    for (const snapshot of snapshots[place]) {
      const { name, schedule, dueMs } = snapshot;
      const before = pairs.get(name)?.sides;
      const side: Side = { snapshot, verdict: judge(snapshot, regions[place]) };
      pairs.set(name, { name, schedule, dueMs, sides: { ...before, [place]: side } });
    }
  }
  return [...pairs.values()].sort((a, b) => b.dueMs - a.dueMs);
}

export const isGood = (pair: Pair, place: Place): boolean => pair.sides[place]?.verdict.kind === 'good';
/** Good in both regions. */
export const isWhole = (pair: Pair): boolean => PLACES.every((place) => isGood(pair, place));
/** Good in one region, and not there at all in the other. */
export const isHalf = (pair: Pair): boolean =>
  PLACES.some((place) => isGood(pair, place) && pair.sides[opposite(place)] === undefined);
