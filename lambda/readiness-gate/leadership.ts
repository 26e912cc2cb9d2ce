import { movingOf } from '../leader/moving';
import type { LeadershipTable } from '../leader/ports';
import { readRecord } from '../leader/read';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { Leadership } from './ports';

/** @param tables the leadership table, in the order in which its regions are asked */
export const recordedLeadership = (
  tables: readonly LeadershipTable[],
  clock: Clock,
  log: Log,
): Leadership => ({
  async moving() {
    try {
      const record = await readRecord(tables, clock);
      return record && movingOf(record);
    } catch (error) {
      // A region must be deployable while others, and the table, are gone.
      log('lead-unknown', { error: sentenceOf(error) });
      return undefined;
    }
  },
});
