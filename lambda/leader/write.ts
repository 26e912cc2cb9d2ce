import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { HoldfastError } from '../runtime/errors';
import type { Item } from './item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from './ports';
import { ATTEMPT_MS, type RegionFailure, readItem } from './read';

/**
 * One conditional write, sent to several regions. It carries the same condition and the same nonce to each, so it can
 * come into force at most once: whichever attempt is first makes the condition false for the others. An attempt that was
 * given up, or ended in an error, may still come into force at any later time, even after the table has been read; only
 * a record that the condition forbids tells that it never will.
 */

const CONFLICTS_MAX = 4;
const CONFLICT_PAUSE_MS = 200;

/** How the write ended. */
export interface Sent {
  /** `written` by an attempt that was answered so; `refused` by one region; `unanswered` by all. */
  readonly outcome: 'written' | 'refused' | 'unanswered';
  /** The attempts of which nobody knows what became. */
  readonly undecided: readonly RegionFailure[];
}

/** The table has no record where there was one: it was deleted, or the table was replaced. */
export class RecordVanished extends HoldfastError {
  constructor() {
    super(
      'The leadership table refused a write because of the record that it held, but reading back found none.',
    );
  }
}

/**
 * Sends the write to the regions in turn until one answers, one attempt of 3 s each. Where two regions wrote at the same
 * instant it is sent again after a short pause.
 * @param put sends the write to one region, without repetition
 */
export async function send(
  tables: readonly LeadershipTable[],
  clock: Clock,
  put: (table: LeadershipTable, signal: AbortSignal) => Promise<void>,
): Promise<Sent> {
  const undecided: RegionFailure[] = [];
  for (const table of tables) {
    try {
      await untilNoConflict(clock, () =>
        attempt(clock, ATTEMPT_MS, `The leadership table in ${table.region}`, (signal) => put(table, signal)),
      );
      return { outcome: 'written', undecided };
    } catch (error) {
      if (error instanceof ConditionRefused) return { outcome: 'refused', undecided };
      undecided.push({ region: table.region, error });
    }
  }
  return { outcome: 'unanswered', undecided };
}

async function untilNoConflict(clock: Clock, put: () => Promise<void>): Promise<void> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return await put();
    } catch (error) {
      if (!(error instanceof WriteConflict) || conflicts > CONFLICTS_MAX) throw error;
      await clock.sleep(CONFLICT_PAUSE_MS * conflicts);
    }
  }
}

/**
 * @returns what the table holds after a write that was not answered with success
 * @throws {RecordVanished} if that is nothing
 * @throws {LeadershipUnreachable}
 */
export async function readBack(tables: readonly LeadershipTable[], clock: Clock): Promise<Item> {
  const found = await readItem(tables, clock);
  if (!found) throw new RecordVanished();
  return found;
}
