import type { Platform } from '../../lib/config/platform';
import { type Context, HOUR_MS } from './context';
import type { DrillPorts, ThrowAway } from './ports';
import { CLEAN_UP, remove } from './removal';

/** A replica that a drill has left, or is at work with. */
export interface Leftover extends ThrowAway {
  readonly region: string;
}

/** A drill that is older than this is at work with nothing any more: all that it waits for has a limit. */
const AT_WORK_MS = 6 * HOUR_MS;

/** @returns the id of a drill that begins at a time: `20260131t020015`, in UTC */
export const drillId = (nowMs: number): string =>
  new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();

/** When a drill began, by its id; undefined if that is none. */
function beganMs(id: string): number | undefined {
  const [, day, hours, minutes, seconds] = /^(\d{8})t(\d\d)(\d\d)(\d\d)$/.exec(id) ?? [];
  if (day === undefined) return undefined;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const ms = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** What drills have made in both regions and is still there. */
export async function leftovers(
  { regions }: Platform,
  { databases }: DrillPorts,
): Promise<readonly Leftover[]> {
  const found = await Promise.all(
    [regions.home.name, regions.standby.name].map(async (region) =>
      (await databases.list(region, '')).map((one) => ({ ...one, region })),
    ),
  );
  return found.flat();
}

/** @returns whether another drill may be at work with it; what is being deleted is left to itself */
export function isAtWork({ drill, status }: Leftover, nowMs: number): boolean {
  const began = beganMs(drill);
  return status !== 'deleting' && began !== undefined && nowMs - began < AT_WORK_MS;
}

export const atWorkSentence = ({ identifier, region, drill }: Leftover): string =>
  `${identifier} is in ${region} since ${drill}: another drill is at work, or was ended from outside. If nobody holds one: ${CLEAN_UP}`;

/** Deletes what is left. @returns a sentence for each, and whether all are gone */
export async function cleanUp(
  context: Context,
  left: readonly Leftover[],
): Promise<{ readonly gone: boolean; readonly sentences: readonly string[] }> {
  const removals = await Promise.all(
    left.map(({ region, identifier }) => remove(context, region, identifier)),
  );
  return {
    gone: removals.every(({ gone }) => gone),
    sentences: removals.map(({ sentence }) => `${sentence.replace(/\.$/, '')}.`),
  };
}
