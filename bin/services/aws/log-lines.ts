import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import type { LogLines } from '../logs/lines';
import { call } from './call';

/** All pages of one look; a first look may go back for hours. */
const READ_MS = 120_000;

export function logLines(clients: Clients): LogLines {
  const logs = clients((config) => new CloudWatchLogsClient(config));
  return {
    async read(region, logGroupName, { sinceMs, text, streams }) {
      const wanted = {
        logGroupName,
        startTime: sinceMs,
        // CloudWatch takes no empty beginning.
        ...(streams === '' ? {} : { logStreamNamePrefix: streams }),
        ...(text === undefined ? {} : { filterPattern: phrase(text) }),
      };
      const events = await orAbsent(
        call(
          'logs:FilterLogEvents',
          region,
          (options) =>
            all(paginateFilterLogEvents({ client: logs(region) }, wanted, options), (page) => page.events),
          READ_MS,
        ),
        'ResourceNotFoundException',
      );
      return events?.flatMap(({ eventId, timestamp, logStreamName, message }) =>
        eventId === undefined || timestamp === undefined
          ? []
          : [{ id: eventId, atMs: timestamp, stream: logStreamName ?? '', text: message ?? '' }],
      );
    },
  };
}

/** A text as CloudWatch's patterns quote it: found as it stands, whatever is in it. */
export const phrase = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
