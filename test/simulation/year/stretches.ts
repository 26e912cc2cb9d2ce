import { SIDES, type SideName } from '../world/places';
import { Random } from '../world/random';

/**
 * A year of starts, cut into the stretches in which some are lost. Between them nothing is lost for longer than anything
 * lasts that an agent remembers or a lease promises: the state there is the one in which every stretch begins, so those
 * times are passed over.
 */

export const STARTS_A_YEAR = 365 * 24 * 60;

/** Numbers of lost starts from the beginning of a stretch; the first of all is 3. */
export interface Stretch {
  readonly lost: Readonly<Record<SideName, ReadonlySet<number>>>;
  /** How many starts it lasts. */
  readonly length: number;
}

/** Starts before the first lost one. */
const LEAD = 2;

/**
 * @param share of the starts that is lost, in each region for itself
 * @param apart lost starts that are more than so many starts apart are of different stretches
 */
export function stretchesOf(seed: number, share: number, apart: number): Stretch[] {
  const random = new Random(seed).stream('year');
  const lost: { readonly start: number; readonly side: SideName }[] = [];
  for (let start = 0; start < STARTS_A_YEAR; start += 1) {
    for (const side of SIDES) if (random.chance(share)) lost.push({ start, side });
  }
  const stretches: Stretch[] = [];
  for (let from = 0; from < lost.length; ) {
    let to = from + 1;
    while (to < lost.length && (lost[to]?.start ?? 0) - (lost[to - 1]?.start ?? 0) <= apart) to += 1;
    stretches.push(stretchOf(lost.slice(from, to), apart));
    from = to;
  }
  return stretches;
}

function stretchOf(
  lost: readonly { readonly start: number; readonly side: SideName }[],
  apart: number,
): Stretch {
  const first = lost[0]?.start ?? 0;
  const last = lost.at(-1)?.start ?? first;
  const of = (side: SideName): ReadonlySet<number> =>
    new Set(lost.flatMap((one) => (one.side === side ? [one.start - first + LEAD + 1] : [])));
  const [home, standby] = SIDES;
  return {
    lost: { [home]: of(home), [standby]: of(standby) } as Stretch['lost'],
    length: last - first + LEAD + 1 + apart,
  };
}
