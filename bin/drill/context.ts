import { HoldfastError } from '../../lambda/runtime/errors';
import type { Platform } from '../../lib/config/platform';
import type { Expectation } from '../../lib/drill/model';
import { failureOf } from '../checks/failures';
import { explain } from '../operate/failures';
import { type Manner, pause } from '../recover/telling';
import type { Course } from './course';
import type { DrillPorts } from './ports';

/** What every part of a drill works with. */
export interface Context {
  readonly platform: Platform;
  readonly ports: DrillPorts;
  readonly manner: Manner;
  readonly course: Course;
}

/** Where a drill is held. */
export interface Place {
  /** Region that leads: its database is replicated, and its function restores. */
  readonly leader: string;
  /** The other one, in which the replica is made. */
  readonly standby: string;
}

/** What was measured; each in seconds, and absent if it was not. */
export interface Figures {
  /** P: from the request for the promotion until RDS calls the replica a database of its own. */
  readonly promotionSeconds?: number;
  readonly restoreRtoSeconds?: number;
  readonly restoreRpoSeconds?: number;
  /** How long no region took writes, in each switchover. */
  readonly gapSeconds?: readonly number[];
}

/** How a part ended. */
export interface PartEnd {
  readonly expectations: readonly Expectation[];
  readonly figures: Figures;
  /** Why no other part makes sense after it; absent if one does. */
  readonly stop?: string;
  /** Whether something that it made may be left. */
  readonly leaves?: boolean;
}

/** Without credentials or a permission no further call succeeds, so that nothing is tried again. */
const DEFINITE = new Set(['no credentials', 'expired credentials', 'refused credentials', 'forbidden']);

/** @returns whether the same question may have an answer a little later */
export const mayPass = (error: unknown): boolean => !DEFINITE.has(failureOf(error));

/** @returns whether the credentials are the reason */
export const isLockedOut = (error: unknown): boolean => /credentials$/.test(failureOf(error));

/** Questions without an answer in a row, after which it is given up. */
const FAILURES_MAX = 10;

/**
 * Looks again and again until something is found.
 * @param look undefined to go on
 * @param until on the clock that measures durations; undefined is returned from then on
 * @throws Interrupted, and the last failure if there were too many in a row
 */
export async function watch<T>(
  { manner, course }: Context,
  who: string,
  everyMs: number,
  until: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let failures = 0; ; ) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!mayPass(error) || failures >= FAILURES_MAX || error instanceof GivenUp) throw error;
      course.note(who, explain(error));
    }
    if (manner.clock.monotonic() >= until) return undefined;
    await pause(manner, everyMs);
  }
}

/** What was waited for cannot come any more. */
export class GivenUp extends HoldfastError {}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** @returns for a person: `74 s`, `31 min` */
export const lasted = (seconds: number): string =>
  seconds < 600 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
