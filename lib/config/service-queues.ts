import { QUEUE_LOGIN_SUFFIX } from '../../lambda/region-agent/contract';
import type { PlatformDocument } from './schema/platform';

type ServiceDocument = PlatformDocument['services'][string];

/** Name of the secret with the login of the broker of a queue. */
export const queueLogin = (queue: string): string => `${queue}${QUEUE_LOGIN_SUFFIX}`;

/**
 * Queues that a service talks to: those that it lists, the one that it is scaled by, and those whose login it reads.
 * @param declared names of all queues of the file
 * @returns their names, each once, sorted
 */
export function queuesOf(
  { queues, scaling, secrets }: Pick<ServiceDocument, 'queues' | 'scaling' | 'secrets'>,
  declared: readonly string[],
): string[] {
  const read = new Set(Object.values(secrets).map((reference) => reference.split('.')[0]));
  return declared
    .filter((name) => queues.includes(name) || scaling?.queue === name || read.has(queueLogin(name)))
    .sort();
}

/**
 * Whether a service works off queues. It has no routes, so nothing but its queue gives it work, and that work belongs to
 * the region that leads: in the other one it could commit nothing.
 */
export const isWorker = (
  service: Pick<ServiceDocument, 'queues' | 'scaling' | 'secrets'> & { readonly routes: readonly unknown[] },
  declared: readonly string[],
): boolean => service.routes.length === 0 && queuesOf(service, declared).length > 0;
