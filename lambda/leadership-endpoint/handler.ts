import { systemClock } from '../runtime/clock';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { tableReader } from './aws';
import { ENVIRONMENT } from './contract';
import { type HttpAnswer, type HttpEvent, respond } from './respond';
import { LeadershipView } from './view';

/** Lives as long as the process, so that what was read serves the next requests too. */
let endpoint: ((event: HttpEvent) => Promise<HttpAnswer>) | undefined;

export function handler(event: HttpEvent): Promise<HttpAnswer> {
  endpoint ??= makeEndpoint();
  return endpoint(event);
}

function makeEndpoint(): (event: HttpEvent) => Promise<HttpAnswer> {
  const { table, tableRegions, standbyRegion } = required(process.env, ENVIRONMENT);
  const reader = tableReader(table, listOf(tableRegions), process.env.AWS_REGION, systemClock);
  const view = new LeadershipView(reader, systemClock, process.env.AWS_REGION ?? '');
  return (event) =>
    respond(event, standbyRegion, async () => {
      const known = await view.current();
      if (known.failure !== undefined) standardLog('leadership-not-read', { sentence: known.failure });
      return known;
    });
}
