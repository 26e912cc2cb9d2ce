import { dynamoTable } from '../leader/aws';
import { createRecord } from '../leader/create';
import type { Nonce } from '../leader/ports';
import { ownFirst, readRecord } from '../leader/read';
import type { Clock } from '../runtime/clock';
import type { Leadership } from './ports';

/**
 * @param regions of the table's replicas
 * @param own region of the function, asked first if it has a replica
 */
export function tableLeadership(
  table: string,
  regions: readonly string[],
  own: string | undefined,
  clock: Clock,
  nonce: Nonce,
): Leadership {
  const tables = ownFirst(regions, own).map((region) => dynamoTable(table, region));
  return {
    createIfAbsent: (record) => createRecord(tables, record, nonce(), clock),
    read: () => readRecord(tables, clock),
  };
}
