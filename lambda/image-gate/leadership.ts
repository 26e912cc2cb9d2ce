import { movingOf } from '../leader/moving';
import type { LeadershipTable } from '../leader/ports';
import { isRefusedRead, readRecord } from '../leader/read';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Leadership } from './ports';

/**
 * @param tables the leadership table, in the order in which its regions are asked
 * @param own name of the function's own region
 */
export const recordedLeadership = (
  tables: readonly LeadershipTable[],
  own: string,
  clock: Clock,
): Leadership => ({
  async lead() {
    try {
      const record = await readRecord(tables, clock);
      if (!record) return { known: false, why: 'there is no leadership record' };
      const moving = movingOf(record);
      return { known: true, leads: record.holder === own, ...(moving === undefined ? {} : { moving }) };
    } catch (error) {
      if (isRefusedRead(error)) throw error;
      return { known: false, why: sentenceOf(error) };
    }
  },
});
