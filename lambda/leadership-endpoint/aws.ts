import { dynamoTable } from '../leader/aws';
import { ownFirst, readRecord } from '../leader/read';
import type { Clock } from '../runtime/clock';
import type { LeadershipReader } from './ports';

/**
 * @param regions of the table's replicas
 * @param own region of the function, asked first if it has a replica
 */
export function tableReader(
  table: string,
  regions: readonly string[],
  own: string | undefined,
  clock: Clock,
): LeadershipReader {
  const tables = ownFirst(regions, own).map((region) => dynamoTable(table, region));
  return { read: () => readRecord(tables, clock) };
}
