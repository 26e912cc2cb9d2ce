/**
 * A deployment that shifts traffic between two sets of tasks, as ECS does it: a whole second set comes up beside the one
 * that serves; once all of it is healthy it gets a share of the traffic, in one step or in several; the old set stays for
 * the bake time and then goes. Tasks of the new set that fail end the deployment: it gets no traffic any more and goes, and
 * the old set, which has lost nothing, serves on.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
 */

/** Which target group of each pair: the first, or the alternate one. */
export type Slot = 0 | 1;

/** What share of the traffic the new set gets, in percent, and for how long before the next step. */
export interface Stage {
  readonly percent: number;
  readonly forMs: number;
}

/** A set of tasks of one revision, in one target group of each pair. */
export interface TaskSet {
  readonly definition: string;
  readonly slot: Slot;
}

interface Coming extends TaskSet {
  /** Tasks of it that have failed. */
  readonly failures: number;
  /** The stage that it is in, and since when; absent as long as it gets no traffic. */
  readonly at?: { readonly stage: number; readonly sinceMs: number };
}

export interface Shift {
  /** What serves. */
  readonly live: TaskSet;
  /** What shall take its place. */
  readonly coming?: Coming;
  /** The revision that was given up last. */
  readonly refused?: string;
}

/** How a service stands. */
export interface Standing {
  /** The revision that is wanted. */
  readonly wanted: string;
  readonly desired: number;
  /** Until the whole traffic has moved and the old set may go; the last one has 100 percent. */
  readonly stages: readonly Stage[];
  /** Healthy tasks of a revision. */
  readonly healthy: (definition: string) => number;
  readonly nowMs: number;
}

/** ECS gives up when half of the desired tasks have failed, and not before three nor after two hundred have. */
const FEWEST_FAILURES = 3;
const MOST_FAILURES = 200;
const failuresAllowed = (desired: number): number =>
  Math.min(MOST_FAILURES, Math.max(FEWEST_FAILURES, Math.ceil(desired / 2)));

const otherSlot = (slot: Slot): Slot => (slot === 0 ? 1 : 0);

/** @returns how things stand next, and what is to be told of it */
export function advance(shift: Shift, now: Standing): { readonly shift: Shift; readonly says?: string } {
  const { coming } = shift;
  if (coming && coming.definition !== now.wanted)
    return { shift: without(shift), says: 'another revision is wanted: the new set goes' };
  if (!coming) return { shift: begun(shift, now) };
  if (coming.failures >= failuresAllowed(now.desired)) {
    const says = `${coming.failures} tasks of the new set failed: it goes, and the old one serves on`;
    return { shift: { ...without(shift), refused: coming.definition }, says };
  }
  return moved(shift, coming, now);
}

/** One of the new set's tasks did not start, has ended by itself, or is unhealthy. */
export function failed(shift: Shift, definition: string): Shift {
  const { coming } = shift;
  if (coming?.definition !== definition) return shift;
  return { ...shift, coming: { ...coming, failures: coming.failures + 1 } };
}

/** The revisions whose tasks are kept, with the target groups that they are in. */
export const setsOf = ({ live, coming }: Shift): readonly TaskSet[] => (coming ? [live, coming] : [live]);

/** @returns the share of the traffic of each slot, in percent */
export function sharesOf({ live, coming }: Shift, stages: readonly Stage[]): readonly [number, number] {
  const given = coming?.at ? (stages[coming.at.stage]?.percent ?? 0) : 0;
  return live.slot === 0 ? [100 - given, given] : [given, 100 - given];
}

const without = ({ coming: _, ...rest }: Shift): Shift => rest;

function begun(shift: Shift, { wanted }: Standing): Shift {
  const { live, refused } = shift;
  if (wanted === live.definition || wanted === refused) return shift;
  return { live, coming: { definition: wanted, slot: otherSlot(live.slot), failures: 0 } };
}

/** The next share, only while every task of the new set is healthy. */
function moved(
  shift: Shift,
  coming: Coming,
  now: Standing,
): { readonly shift: Shift; readonly says?: string } {
  const { desired, stages, nowMs, healthy } = now;
  const stage = coming.at ? coming.at.stage + 1 : 0;
  const waited = coming.at ? nowMs - coming.at.sinceMs >= (stages[coming.at.stage]?.forMs ?? 0) : true;
  if (!waited || healthy(coming.definition) < desired) return { shift };
  const next = stages[stage];
  if (!next) {
    const { definition, slot } = coming;
    return { shift: { live: { definition, slot } }, says: 'the old set goes' };
  }
  return {
    shift: { ...shift, coming: { ...coming, at: { stage, sinceMs: nowMs } } },
    says: `the new set gets ${next.percent} % of the traffic`,
  };
}
