import { randomUUID } from 'node:crypto';
import { systemClock } from '../runtime/clock';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { listOf, required } from '../runtime/environment';
import { tableLeadership } from './aws';
import { ENVIRONMENT } from './contract';
import { setup } from './setup';

export const handler = customResourceHandler(() => {
  const { table, tableRegions } = required(process.env, ENVIRONMENT);
  const regions = listOf(tableRegions);
  return setup(tableLeadership(table, regions, process.env.AWS_REGION, systemClock, randomUUID));
});
