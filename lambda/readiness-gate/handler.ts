import { systemClock } from '../runtime/clock';
import type { Context, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { standardLog } from '../runtime/log';
import { ecsTasks, httpProbe } from './aws';
import { gate } from './gate';
import { answer, type HookAnswer, type HookEvent } from './hook';
import type { Cloud } from './ports';

const cloud = (): Cloud => ({ tasks: ecsTasks(), probe: httpProbe });

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
