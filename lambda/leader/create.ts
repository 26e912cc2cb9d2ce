import type { Clock } from '../runtime/clock';
import { fromItem, nonceOf, toItem } from './item';
import type { LeadershipTable } from './ports';
import { LeadershipUnreachable } from './read';
import type { LeadershipRecord } from './record';
import { readBack, send } from './write';

export interface Creation {
  /** False if another record was there already; it is untouched. */
  readonly created: boolean;
  /** What the table holds now. */
  readonly record: LeadershipRecord;
}

/**
 * Creates the record if there is none. A write whose reply was lost may have been committed, so after a refusal the
 * table is read back: the nonce tells whether the record there is this very write. A refusal also means that no attempt
 * can come into force later, because a record is never deleted; if nobody has answered, nothing is concluded.
 * @throws {LeadershipUnreachable} if no region answered; whether the record was or will be written is then unknown, and
 *   the same call can be made again
 * @throws {RecordVanished}
 * @throws {MalformedRecord}
 */
export async function createRecord(
  tables: readonly LeadershipTable[],
  record: LeadershipRecord,
  nonce: string,
  clock: Clock,
): Promise<Creation> {
  const item = toItem(record, nonce);
  const { outcome, undecided } = await send(tables, clock, (table, signal) => table.create(item, signal));
  if (outcome === 'written') return { created: true, record };
  if (outcome === 'unanswered') throw new LeadershipUnreachable('written', undecided);
  const found = await readBack(tables, clock);
  return { created: nonceOf(found) === nonce, record: fromItem(found) };
}
