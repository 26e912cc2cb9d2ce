import { systemClock } from '../runtime/clock';
import type { Context, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { worldOf } from './aws';
import type { ApplyAgain } from './contract';
import { parseSettings } from './settings';
import { applyAgain, setup } from './setup';

/** Time kept for the last calls, in milliseconds. */
const MARGIN_MS = 10_000;

const answer = customResourceHandler(() => setup(worldOf(systemClock)));

/** Asked by CloudFormation (a custom resource) and by a schedule. */
export async function handler(event: Request | ApplyAgain, context: Context): Promise<void> {
  if (!('kind' in event)) return answer(event, context);
  const { here } = required(process.env, { here: 'AWS_REGION' });
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const host = { clock: systemClock, log: standardLog, deadline };
  const settings = parseSettings({ ...event.properties });
  standardLog(event.kind, { sentence: await applyAgain(settings, worldOf(systemClock), host, here) });
}
