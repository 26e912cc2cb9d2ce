import { dynamoTable } from '../leader/aws';
import { ownFirst } from '../leader/read';
import { systemClock } from '../runtime/clock';
import { BadProperties, type Context, type Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { cloudHere, describedStack } from './aws';
import { ENVIRONMENT, type ImageArrived, type Start, type StartAsked } from './contract';
import { gate } from './gate';
import { recordedLeadership } from './leadership';
import type { Cloud } from './ports';
import { parseService } from './service';
import { type Manner, start } from './start';

/** Time kept for the last calls, in milliseconds. */
const MARGIN_MS = 10_000;

function cloud(): Cloud {
  const { env } = process;
  const { table, tableRegions, own } = required(env, { ...ENVIRONMENT, own: 'AWS_REGION' });
  const tables = ownFirst(listOf(tableRegions), own).map((region) => dynamoTable(table, region));
  return cloudHere(recordedLeadership(tables, own, systemClock));
}

/** Asked by CloudFormation (a custom resource), by EventBridge (an image has arrived) and by a person. */
export async function handler(
  event: Request | ImageArrived | StartAsked,
  context: Context,
): Promise<Start | undefined> {
  if (!('kind' in event)) {
    await customResourceHandler(() => gate(cloud(), describedStack(event.StackId)))(event, context);
    return undefined;
  }
  const manner = mannerOf(event, context);
  const started = await start(parseService({ ...event.service }), cloud(), systemClock, manner);
  standardLog(event.kind, { ...started });
  return started;
}

function mannerOf(event: ImageArrived | StartAsked, context: Context): Manner {
  const now = systemClock.now();
  switch (event.kind) {
    case 'image-arrived':
      return { deadline: now + context.getRemainingTimeInMillis() - MARGIN_MS, dryRun: false };
    case 'start-asked':
      // A person who says nothing clear about it gets the run that changes nothing.
      return { deadline: now, dryRun: event.dryRun !== false };
    default:
      throw new BadProperties('kind', 'image-arrived or start-asked', (event as { kind: unknown }).kind);
  }
}
