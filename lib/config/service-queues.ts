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
 * Whether a service runs in the region that leads and nowhere else. One without routes that says nothing does: nobody can
 * reach it, so it works by itself (off a queue, by the clock), and work that two regions begin is begun twice, while in
 * the one that does not lead nothing of it could be committed.
 */
export const runsWithTheLead = ({
  runs,
  routes,
}: Pick<ServiceDocument, 'runs'> & { readonly routes: readonly unknown[] }): boolean =>
  runs === undefined ? routes.length === 0 : runs === 'leader';
