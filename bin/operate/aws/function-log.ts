import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { all, type Clients } from '../../checks/aws/call';
import { call } from './call';

/** Pages of CloudWatch Logs may be empty; this many are looked at. */
const PAGES_MAX = 20;

/** @returns what was read in the log of a region's function since a moment, oldest first */
export type FunctionLog<T> = (region: string, sinceMs: number) => Promise<readonly T[]>;

/**
 * The log of one of Holdfast's functions.
 * @param group its log group, of the same name in both regions
 * @param read what a line says; undefined if it is of no interest
 */
export function functionLog<T extends { readonly atMs: number }>(
  clients: Clients,
  group: string,
  read: (line: string, atMs: number) => T | undefined,
): FunctionLog<T> {
  const logs = clients((config) => new CloudWatchLogsClient(config));
  return async (region, startTime) => {
    // No pattern: in its plain format Lambda puts a prefix before a line, so that none of JSON would match.
    const wanted = { logGroupName: group, startTime };
    const events = await call('logs:FilterLogEvents', region, (options) =>
      all(
        first(PAGES_MAX, paginateFilterLogEvents({ client: logs(region) }, wanted, options)),
        (page) => page.events,
      ),
    );
    const found = events.flatMap(({ message, timestamp }) => read(message ?? '', timestamp ?? 0) ?? []);
    return found.sort((a, b) => a.atMs - b.atMs);
  };
}

async function* first<T>(count: number, pages: AsyncIterable<T>): AsyncIterable<T> {
  let left = count;
  for await (const page of pages) {
    yield page;
    left -= 1;
    if (left === 0) return;
  }
}
