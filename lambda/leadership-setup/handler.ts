import { randomUUID } from 'node:crypto';
import { systemClock } from '../runtime/clock';
import type { Context, Request } from '../runtime/custom-resource';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { listOf, required } from '../runtime/environment';
import { tableLeadership } from './aws';
import { ENVIRONMENT, RESOURCE_TYPE_LEASE } from './contract';
import { firstLease } from './first-lease';
import type { Leadership } from './ports';
import { setup } from './setup';

const record = customResourceHandler(() => setup(leadership()));
const lease = customResourceHandler(() => firstLease(leadership()));

export const handler = (request: Request, context: Context): Promise<void> =>
  (request.ResourceType === RESOURCE_TYPE_LEASE ? lease : record)(request, context);

function leadership(): Leadership {
  const { table, tableRegions } = required(process.env, ENVIRONMENT);
  return tableLeadership(table, listOf(tableRegions), process.env.AWS_REGION, systemClock, randomUUID);
}
