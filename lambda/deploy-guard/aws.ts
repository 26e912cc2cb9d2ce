import { dynamoTable } from '../leader/aws';
import { ownFirst, readRecord } from '../leader/read';
import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import type { Leadership, Payloads } from './ports';

/** Within the time that CloudFormation gives a hook, with the reading of leadership beside it. */
const FETCH_MS = 10_000;

/**
 * @param regions of the table's replicas
 * @param own region of the function, asked first if it has a replica
 */
export function tableLeadership(
  table: string,
  regions: readonly string[],
  own: string | undefined,
  clock: Clock,
): Leadership {
  const tables = ownFirst(regions, own).map((region) => dynamoTable(table, region));
  return { read: () => readRecord(tables, clock) };
}

/** What is behind a signed URL. Its text is in no error, because who has it may read. */
export function signedPayloads(clock: Clock): Payloads {
  return {
    fetch: (url) =>
      attempt(clock, FETCH_MS, 'The payload of the hook', async (signal) => {
        const answer = await fetch(url, { signal });
        if (!answer.ok) throw new Error(`The payload of the hook was refused: HTTP ${answer.status}.`);
        return answer.json();
      }),
  };
}
