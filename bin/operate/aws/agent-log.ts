import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { all, type Clients } from '../../checks/aws/call';
import type { AgentLog } from '../ports';
import { turnIn } from '../turn';
import { call } from './call';

/** Pages of CloudWatch Logs may be empty; this many are looked at. */
const PAGES_MAX = 20;

/** @param group log group of the agent, of the same name in both regions */
export function agentLog(clients: Clients, group: string): AgentLog {
  const logs = clients((config) => new CloudWatchLogsClient(config));
  return {
    async turns(region, startTime) {
      // No pattern: in its plain format Lambda puts a prefix before a line, so that none of JSON would match.
      const wanted = { logGroupName: group, startTime };
      const events = await call('logs:FilterLogEvents', region, (options) =>
        all(
          first(PAGES_MAX, paginateFilterLogEvents({ client: logs(region) }, wanted, options)),
          (page) => page.events,
        ),
      );
      const turns = events.flatMap(({ message, timestamp }) => turnIn(message ?? '', timestamp ?? 0) ?? []);
      return turns.sort((a, b) => a.atMs - b.atMs);
    },
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
