import { randomInt } from 'node:crypto';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { ecrRegistry } from './aws';
import { replication } from './replicate';

const PARTS = 1_000;

export const handler = customResourceHandler(() =>
  replication(ecrRegistry(), () => randomInt(PARTS) / PARTS),
);
