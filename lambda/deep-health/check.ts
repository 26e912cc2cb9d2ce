import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { Asked } from './contract';
import type { Cloud, RunningTask } from './ports';

/**
 * Asks each task of a region at the deep path of its service: whether it can do its work with all that it needs. What comes
 * of it is a figure for alarms and a line for people, and nothing else. No task is replaced and no traffic moves for it: a
 * dependency that is down would take every task with it, and the other region most likely has the same dependency.
 *
 * Each task is asked at its own address, so the answer is of this region whoever leads, and needs neither DNS nor balancer.
 */

/** So many problems of a service stand in the log; the others are most likely the same. */
const TOLD_MAX = 5;

/** The tasks of some services could not be read, so nobody asked them. Their metric is silent, which is an alarm. */
export class NotAsked extends HoldfastError {
  constructor(readonly services: readonly string[]) {
    super(`Nobody could be asked of ${services.join(' and ')}.`);
  }
}

export interface Host {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One round over all services, each by itself: one whose tasks cannot be read keeps no other from being asked.
 * @throws {NotAsked} after all were tried
 */
export async function checkAll(services: readonly Asked[], host: Host): Promise<void> {
  const unread = await Promise.all(
    services.map(async (asked) => {
      try {
        await check(asked, host);
        return [];
      } catch (error) {
        host.log('not-asked', { service: asked.service, reason: sentenceOf(error) });
        return [asked.service];
      }
    }),
  );
  const names = unread.flat();
  if (names.length > 0) throw new NotAsked(names);
}

async function check(asked: Asked, { cloud, clock, log }: Host): Promise<void> {
  const { service, graceSeconds } = asked;
  const running = await cloud.running(service);
  const settled = running.filter(
    ({ startedAt }) => startedAt !== undefined && clock.now() - startedAt >= graceSeconds * 1000,
  );
  const found = await Promise.all(settled.map((task) => problemOf(task, asked, cloud)));
  const problems = found.flatMap((problem) => problem ?? []);
  log('deep-health', { service, asked: settled.length, problems: problems.slice(0, TOLD_MAX) });
  cloud.report(service, problems.length);
}

/** @returns what is wrong with a task; undefined if nothing is */
async function problemOf(
  { id, address }: RunningTask,
  { port, path, timeoutSeconds }: Asked,
  { ask }: Cloud,
): Promise<string | undefined> {
  if (address === undefined) return `task ${id} has no address`;
  try {
    const status = await ask(address, port, path, timeoutSeconds * 1000);
    return status >= 200 && status < 300 ? undefined : `task ${id} answers ${path} with ${status}`;
  } catch (error) {
    return `task ${id} does not answer ${path}: ${sentenceOf(error)}`;
  }
}
