import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { HoldfastError } from '../runtime/errors';
import { fromItem, type Item, nonceOf, toItem } from './item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from './ports';
import { ATTEMPT_MS, LeadershipUnreachable, type RegionFailure, readItem } from './read';
import type { LeadershipRecord } from './record';

const CONFLICTS_MAX = 4;
const CONFLICT_PAUSE_MS = 200;

/** The table refused to create a record because there is one, and then had none. */
export class RecordVanished extends HoldfastError {
  constructor() {
    super('The leadership table refused a first record because there is one, but reading back found none.');
  }
}

export interface Creation {
  /** False if another record was there already; it is untouched. */
  readonly created: boolean;
  /** What the table holds now. */
  readonly record: LeadershipRecord;
}

/**
 * Creates the record if there is none. A write whose reply was lost may have been committed, so after every refusal
 * the table is read back: the nonce tells whether the record there is this very write. Each region is given one
 * attempt of 3 s; every attempt carries the same nonce.
 * @throws {LeadershipUnreachable} if no region answered; whether the record was written is then unknown, and the
 *   same call can be made again
 */
export async function createRecord(
  tables: readonly LeadershipTable[],
  record: LeadershipRecord,
  nonce: string,
  clock: Clock,
): Promise<Creation> {
  const item = toItem(record, nonce);
  const failures: RegionFailure[] = [];
  for (const table of tables) {
    try {
      await put(table, item, clock);
      return { created: true, record };
    } catch (error) {
      if (error instanceof ConditionRefused) return readBack(tables, nonce, clock);
      failures.push({ region: table.region, error });
    }
  }
  throw new LeadershipUnreachable('written', failures);
}

async function put(table: LeadershipTable, item: Item, clock: Clock): Promise<void> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      await attempt(clock, ATTEMPT_MS, `The leadership table in ${table.region}`, (signal) =>
        table.create(item, signal),
      );
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || conflicts > CONFLICTS_MAX) throw error;
      await clock.sleep(CONFLICT_PAUSE_MS * conflicts);
    }
  }
}

async function readBack(tables: readonly LeadershipTable[], nonce: string, clock: Clock): Promise<Creation> {
  const found = await readItem(tables, clock);
  if (!found) throw new RecordVanished();
  return { created: nonceOf(found) === nonce, record: fromItem(found) };
}
