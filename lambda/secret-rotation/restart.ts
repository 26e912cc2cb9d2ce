import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { Reader } from './contract';
import type { Copies, ReaderServices } from './ports';

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
  /** @returns the services of a region */
  services(region: string): ReaderServices;
  readonly copies: Copies;
  readonly clock: Clock;
  readonly log: Log;
  /** On the clock, in milliseconds: no copy is waited for longer. */
  readonly deadline: number;
}

/** Starts the readers anew, all regions at once. Never throws; each reader gets one sentence in the log. */
export async function restartReaders(
  rotated: Rotated,
  readers: readonly Reader[],
  restarter: Restarter,
): Promise<void> {
  const regions = [...new Set(readers.map(({ region }) => region))];
  await Promise.all(
    regions.map(async (region) => {
      const missing = region === restarter.own ? undefined : await awaitCopy(rotated, region, restarter);
      for (const reader of readers.filter((one) => one.region === region)) {
        restarter.log('secret-reader', {
          secret: rotated.secretId,
          ...reader,
          sentence: await restart(reader, missing, restarter),
        });
      }
    }),
  );
}

async function restart(
  { region, cluster, service }: Reader,
  missing: string | undefined,
  { services, clock }: Restarter,
): Promise<string> {
  const again = `aws ecs update-service --region ${region} --cluster ${cluster} --service ${service} --force-new-deployment`;
  try {
    const there = services(region);
    const ask = `The service ${service} in ${region}`;
    const count = await attempt(clock, CALL_MS, ask, (signal) =>
      there.desiredCount(cluster, service, signal),
    );
    if (count === undefined)
      return `There is no service ${service} in ${region}, so nothing was started anew.`;
    if (count === 0) return `${service} in ${region} has no task and was left alone.`;
    await attempt(clock, CALL_MS, ask, (signal) => there.restart(cluster, service, signal));
    const started = `${service} in ${region} starts its tasks anew with the new value`;
    return missing === undefined
      ? `${started}.`
      : `${started}, if it has arrived there by then: ${missing} To be sure, repeat it later: ${again}`;
  } catch (error) {
    return `${service} in ${region} could not be started anew and holds the value before: ${sentenceOf(error)} Later: ${again}`;
  }
}

/** @returns why the copy in the region is not known to be there; undefined once it is */
async function awaitCopy(
  { secretId, version }: Rotated,
  region: string,
  { copies, clock, deadline }: Restarter,
): Promise<string | undefined> {
  const begun = clock.now();
  const end = Math.min(begun + COPY_MS, deadline);
  for (;;) {
    const missing = await whyMissing();
    if (missing === undefined) return undefined;
    if (clock.now() + POLL_MS > end) {
      return `after ${Math.round((clock.now() - begun) / 1000)} s ${missing}`;
    }
    await clock.sleep(POLL_MS);
  }

  async function whyMissing(): Promise<string | undefined> {
    try {
      const copy = `The copy of the secret in ${region}`;
      const state = await attempt(clock, CALL_MS, copy, (signal) =>
        copies.state(secretId, version, region, signal),
      );
      return state === 'arrived' ? undefined : `the copy of the secret was not there (${state}).`;
    } catch (error) {
      return `nobody could say whether the copy of the secret is there: ${sentenceOf(error)}`;
    }
  }
}
