import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { Cluster, Copies, ReadingService } from './ports';
import { nameInTag } from './readers';

/**
 * ECS hands secrets to tasks when they start and never again, so after a rotation the services that read the secret
 * are started anew. The rotation is done by then and nothing here can fail it: the value before works until the next
 * rotation, and what could not be started anew is said in the log. In another region the tasks read a copy that
 * arrives a moment later; they would start with the old value if it were not waited for.
 */

/** One call to ECS or Secrets Manager, which a region in trouble may never answer, in milliseconds. */
const CALL_MS = 15_000;
/** Longest wait for a copy. */
export const COPY_MS = 60_000;
const POLL_MS = 5_000;

/** The version of a secret that has just become the current one. */
export interface Rotated {
  readonly secretId: string;
  readonly version: string;
}

export interface Restarter {
  /** Region of the function, which holds the secret itself. */
  readonly own: string;
  /** @returns the cluster of the platform in a region */
  cluster(region: string): Cluster;
  readonly copies: Copies;
  readonly clock: Clock;
  readonly log: Log;
  /** On the clock, in milliseconds: no copy is waited for longer. */
  readonly deadline: number;
}

/** Starts the readers anew, all regions at once. Never throws; each reader gets one sentence in the log. */
export async function restartReaders(
  rotated: Rotated,
  regions: readonly string[],
  restarter: Restarter,
): Promise<void> {
  await Promise.all(regions.map((region) => restartIn(region, rotated, restarter)));
}

async function restartIn(region: string, rotated: Rotated, restarter: Restarter): Promise<void> {
  const { clock, log, own } = restarter;
  const tell = (sentence: string): void =>
    log('secret-readers', { secret: rotated.secretId, region, sentence });
  try {
    const cluster = restarter.cluster(region);
    const all = await attempt(clock, CALL_MS, `ECS in ${region}`, (signal) => cluster.services(signal));
    const readers = all.filter(({ secrets }) => secrets.includes(nameInTag(rotated.secretId)));
    for (const { name, desired } of readers) {
      if (desired === 0) tell(`${name} in ${region} has no task and was left alone.`);
    }
    const running = readers.filter(({ desired }) => desired > 0);
    if (running.length === 0) return;
    const missing = region === own ? undefined : await awaitCopy(rotated, region, restarter);
    for (const reader of running) tell(await restart(reader, region, cluster, missing, clock));
  } catch (error) {
    tell(
      `Who reads the secret in ${region} could not be asked; nothing was started anew: ${sentenceOf(error)}`,
    );
  }
}

async function restart(
  { name }: ReadingService,
  region: string,
  cluster: Cluster,
  missing: string | undefined,
  clock: Clock,
): Promise<string> {
  const again = `aws ecs update-service --region ${region} --cluster ${cluster.name} --service ${name} --force-new-deployment`;
  try {
    await attempt(clock, CALL_MS, `ECS in ${region}`, (signal) => cluster.restart(name, signal));
  } catch (error) {
    return `${name} in ${region} could not be started anew and holds the old value: ${sentenceOf(error)} Later: ${again}`;
  }
  if (missing === undefined) return `${name} in ${region} starts its tasks anew with the new value.`;
  return `${name} in ${region} starts its tasks anew, perhaps with the old value: ${missing} Repeat it later: ${again}`;
}

/** @returns why the copy in the region is not known to be there; undefined once it is */
async function awaitCopy(
  rotated: Rotated,
  region: string,
  { copies, clock, deadline }: Restarter,
): Promise<string | undefined> {
  const begun = clock.now();
  const end = Math.min(begun + COPY_MS, deadline);
  for (;;) {
    const missing = await whyMissing(rotated, region, copies, clock);
    if (missing === undefined) return undefined;
    if (clock.now() + POLL_MS > end) {
      return `after ${Math.round((clock.now() - begun) / 1000)} s ${missing}`;
    }
    await clock.sleep(POLL_MS);
  }
}

async function whyMissing(
  { secretId, version }: Rotated,
  region: string,
  copies: Copies,
  clock: Clock,
): Promise<string | undefined> {
  try {
    const state = await attempt(clock, CALL_MS, `The question for the copy in ${region}`, (signal) =>
      copies.state(secretId, version, region, signal),
    );
    return state === 'arrived' ? undefined : `the copy of the secret was not there yet (${state}).`;
  } catch (error) {
    return `nobody could say whether the copy of the secret is there: ${sentenceOf(error)}`;
  }
}
