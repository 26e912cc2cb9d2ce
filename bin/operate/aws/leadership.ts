import { dynamoTable } from '../../../lambda/leader/aws';
import type { Nonce } from '../../../lambda/leader/ports';
import { readRecord } from '../../../lambda/leader/read';
import { replaceRecord } from '../../../lambda/leader/replace';
import type { Clock } from '../../../lambda/runtime/clock';
import type { Leadership } from '../ports';

/** @param regions of the table's replicas, in the order in which they are asked */
export function leadership(
  table: string,
  regions: readonly string[],
  clock: Clock,
  nonce: Nonce,
): Leadership {
  const tables = regions.map((region) => dynamoTable(table, region));
  return {
    read: () => readRecord(tables, clock),
    readIn: (region) =>
      readRecord(
        tables.filter((one) => one.region === region),
        clock,
      ),
    replace: (current, next) => replaceRecord(tables, current, next, nonce(), clock),
  };
}
