import { randomUUID } from 'node:crypto';
import type { LeadershipTable } from '../../leader/ports';
import { readRecord } from '../../leader/read';
import { replaceRecord } from '../../leader/replace';
import type { Clock } from '../../runtime/clock';
import type { Leadership } from '../ports';

/**
 * The leadership record as an agent reads and writes it.
 * @param tables in the order in which their regions are asked
 */
export function recordedLeadership(tables: readonly LeadershipTable[], clock: Clock): Leadership {
  return {
    read: () => readRecord(tables, clock),
    replace: (current, next) => replaceRecord(tables, current, next, randomUUID(), clock),
  };
}
