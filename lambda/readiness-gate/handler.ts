import { dynamoTable } from '../leader/aws';
import { ownFirst } from '../leader/read';
import { systemClock } from '../runtime/clock';
import type { Context, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { ecsTasks, httpProbe } from './aws';
import { ENVIRONMENT } from './contract';
import { gate } from './gate';
import { answer, type HookAnswer, type HookEvent } from './hook';
import { recordedLeadership } from './leadership';
import type { Cloud } from './ports';

function cloud(): Cloud {
  const { table, tableRegions, own } = required(process.env, { ...ENVIRONMENT, own: 'AWS_REGION' });
  const tables = ownFirst(listOf(tableRegions), own).map((region) => dynamoTable(table, region));
  const leadership = recordedLeadership(tables, systemClock, standardLog);
  return { tasks: ecsTasks(), probe: httpProbe, leadership };
}

/** What CloudFormation sends of a change beside the request: the properties before it. */
type Changed = Request & { readonly OldResourceProperties?: { readonly TaskDefinition?: string } };

/** Asked by ECS (a stage of a deployment) and by CloudFormation (a custom resource behind a rolling one). */
export async function handler(event: HookEvent | Changed, context: Context): Promise<HookAnswer | undefined> {
  if ('lifecycleStage' in event) return answer(event, cloud(), systemClock.now(), standardLog);
  await customResourceHandler(() => gate(cloud(), event.OldResourceProperties?.TaskDefinition))(
    event,
    context,
  );
  return undefined;
}
