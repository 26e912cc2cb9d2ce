import type { RawProperties } from '../runtime/custom-resource';
import { sentenceOf } from '../runtime/errors';
import { text, wholeNumber } from '../runtime/properties';
import type { Cloud, RunningTask } from './ports';

/**
 * Whether the tasks of a revision are ready. Their health path tells a balancer that a process answers; the readiness
 * path tells whether it can do its work (its pool is filled, its schema is there). A task that is not ready is never
 * replaced for it: a dependency that is down would take every task with it. It only keeps a deployment from going on.
 */

export interface Asked {
  readonly cluster: string;
  readonly service: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
  readonly waitMs: number;
}

/** @throws {BadProperties} */
export const parseAsked = (properties: RawProperties): Asked => ({
  cluster: text(properties, 'Cluster'),
  service: text(properties, 'Service'),
  port: wholeNumber(properties, 'Port', 1),
  path: text(properties, 'Path'),
  timeoutMs: wholeNumber(properties, 'TimeoutSeconds', 1) * 1000,
  waitMs: wholeNumber(properties, 'WaitSeconds', 1) * 1000,
});

export interface Look {
  readonly ready: boolean;
  /** For a person. */
  readonly sentence: string;
}

/** Asks all tasks of a revision once. A service without a task is ready: there is nobody who could get traffic. */
export async function look(asked: Asked, definition: string, { tasks, probe }: Cloud): Promise<Look> {
  const running = await tasks.running(asked.cluster, asked.service, definition);
  const found = await Promise.all(running.map((task) => problemOf(task, asked, probe)));
  const problems = found.flatMap((problem) => problem ?? []);
  const [first] = problems;
  const count = running.length === 1 ? 'one task' : `${running.length} tasks`;
  if (first === undefined) return { ready: true, sentence: `${asked.service} is ready: ${count} asked.` };
  const sentence = `${problems.length} of ${count} of ${asked.service} not ready: ${first}.`;
  return { ready: false, sentence };
}

/** @returns why a task is not ready; undefined if it is */
async function problemOf(
  { id, address }: RunningTask,
  { port, path, timeoutMs }: Asked,
  probe: Cloud['probe'],
): Promise<string | undefined> {
  if (address === undefined) return `task ${id} has no address yet`;
  try {
    const status = await probe.ask(address, port, path, timeoutMs);
    return status >= 200 && status < 300 ? undefined : `task ${id} answers ${path} with ${status}`;
  } catch (error) {
    return `task ${id} does not answer ${path}: ${sentenceOf(error).replace(/\.$/, '')}`;
  }
}

/** What AWS does not tell is asked for again, like a task that is not ready. */
export async function lookSafely(asked: Asked, definition: string, cloud: Cloud): Promise<Look> {
  try {
    return await look(asked, definition, cloud);
  } catch (error) {
    return {
      ready: false,
      sentence: `The tasks of ${asked.service} could not be read: ${sentenceOf(error)}`,
    };
  }
}
