import { systemClock } from '../runtime/clock';
import type { Context, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { standardLog } from '../runtime/log';
import { type Arrival, start } from './arrival';
import { ecrImages, ecsServices } from './aws';
import type { ImageArrived } from './contract';
import { gate } from './gate';
import { parseService } from './service';

/** Time kept for the last calls, in milliseconds. */
const MARGIN_MS = 10_000;

const answer = customResourceHandler(() => gate(ecrImages(), ecsServices()));

/** Asked by CloudFormation (a custom resource) and by EventBridge (an image has arrived). */
export async function handler(event: Request | ImageArrived, context: Context): Promise<Arrival | undefined> {
  if (!('kind' in event)) {
    await answer(event, context);
    return undefined;
  }
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const service = parseService({ ...event.service });
  const arrival = await start(service, ecrImages(), ecsServices(), systemClock, deadline);
  standardLog('image-arrived', { ...arrival });
  return arrival;
}
