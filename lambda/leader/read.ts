import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { isRefusal } from '../runtime/permission';
import { fromItem, type Item } from './item';
import type { LeadershipTable } from './ports';
import type { LeadershipRecord } from './record';

/** One attempt at one region, in milliseconds. */
export const ATTEMPT_MS = 3_000;

export interface RegionFailure {
  readonly region: string;
  readonly error: unknown;
}

/** No region of the table gave an answer; nothing is known about leadership now. */
export class LeadershipUnreachable extends HoldfastError {
  constructor(
    readonly doing: string,
    readonly failures: readonly RegionFailure[],
  ) {
    const details = failures.map(({ region, error }) => `${region}: ${sentenceOf(error)}`).join(' ');
    super(`The leadership table could not be ${doing} in any region. ${details}`);
  }
}

/** @returns the regions in their order, but with the own one first if it is among them */
export function ownFirst(regions: readonly string[], own: string | undefined): readonly string[] {
  return [...regions].sort((a, b) => Number(b === own) - Number(a === own));
}

/**
 * Asks the regions in turn, one attempt of 3 s each, until one answers.
 * @returns the item; undefined if the table answered that there is none
 * @throws {LeadershipUnreachable} with what each region said
 */
export async function readItem(tables: readonly LeadershipTable[], clock: Clock): Promise<Item | undefined> {
  const failures: RegionFailure[] = [];
  for (const table of tables) {
    try {
      return await attempt(clock, ATTEMPT_MS, `The leadership table in ${table.region}`, (signal) =>
        table.read(signal),
      );
    } catch (error) {
      failures.push({ region: table.region, error });
    }
  }
  throw new LeadershipUnreachable('read', failures);
}

/**
 * @returns the record; undefined if there is none, which nobody may take for epoch 1
 * @throws {LeadershipUnreachable}
 * @throws {MalformedRecord} at once: every region holds the same item
 */
export async function readRecord(
  tables: readonly LeadershipTable[],
  clock: Clock,
): Promise<LeadershipRecord | undefined> {
  const item = await readItem(tables, clock);
  return item && fromItem(item);
}

/** No region of the table answered, and one of them because the function may not read it (yet). */
export const isRefusedRead = (error: unknown): boolean =>
  error instanceof LeadershipUnreachable && error.failures.some((failure) => isRefusal(failure.error));
