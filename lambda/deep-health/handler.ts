import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { cloudOf } from './aws';
import { checkAll } from './check';
import { ENVIRONMENT, type Order } from './contract';
import type { Cloud } from './ports';

/** Lives as long as the process, and its connections with it. */
let cloud: Cloud | undefined;

/** Started every minute. */
export async function handler({ services }: Order): Promise<void> {
  cloud ??= cloudOf(required(process.env, ENVIRONMENT), systemClock, standardLog);
  await checkAll(services, { cloud, clock: systemClock, log: standardLog });
}
