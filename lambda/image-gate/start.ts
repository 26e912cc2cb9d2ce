import type { Clock } from '../runtime/clock';
import type { Start, StartState } from './contract';
import { missingOf, waitingSentence } from './missing';
import type { Cloud } from './ports';
import { type GatedService, imageName } from './service';
import { because, sizeOf } from './size';

const POLL_MS = 10_000;

/** How a start is meant. */
export interface Manner {
  /**
   * On the clock, in milliseconds: until then a service that is not there is looked for. An image may arrive while the
   * stack is still making the service; a person is told at once.
   */
  readonly deadline: number;
  /** Changes nothing and tells what it would have done. */
  readonly dryRun: boolean;
}

/** Starts a service that waits for its image or its secrets, if nothing is missing any more. */
export async function start(
  service: GatedService,
  cloud: Cloud,
  clock: Clock,
  manner: Manner,
): Promise<Start> {
  const { cluster, service: name } = service;
  const lead = await cloud.leadership.lead();
  const { min, desired, max } = sizeOf(service, lead);
  const end = (state: StartState, sentence: string): Start => ({ state, sentence });
  const runs = (count: number): Start =>
    end('runs', `${name} runs already, with ${count}; a deployment gives it what is new.`);
  if (desired === 0) return end('rests', `${name} is meant to have no task here${because(lead)}.`);
  let present = await cloud.services.desiredCount(cluster, name);
  if (present !== undefined && present > 0) return runs(present);
  const missing = await missingOf(service, cloud);
  if (missing) return end('stays', waitingSentence(name, missing));
  while (present === undefined && clock.now() + POLL_MS <= manner.deadline) {
    await clock.sleep(POLL_MS);
    present = await cloud.services.desiredCount(cluster, name);
  }
  if (present === undefined) {
    return end('stays', `There is no service ${name} in the cluster ${cluster}; deploy it.`);
  }
  if (present > 0) return runs(present);
  const ready = service.image ? `${imageName(service.image)} is there` : 'Nothing is missing';
  if (manner.dryRun)
    return end('would-start', `${ready}; ${name} would start with ${desired}${because(lead)}.`);
  // The limits first: a scalable target of 0 to 0 would take the tasks away again.
  if (service.scaled) await cloud.services.setLimits(cluster, name, min, max);
  await cloud.services.setDesiredCount(cluster, name, desired);
  return end('started', `${ready}; ${name} starts with ${desired}${because(lead)}.`);
}
