import type { Clock } from '../runtime/clock';
import type { Images, Services } from './ports';
import { type GatedService, imageName } from './service';

const POLL_MS = 10_000;

/** What became of the arrival of an image. */
export interface Arrival {
  readonly started: boolean;
  readonly sentence: string;
}

/**
 * Starts a service that waits for its first image. The image may arrive while the stack is still making the service,
 * so a service that is not there is looked for until the time ends.
 * @param deadline on the clock, in milliseconds
 */
export async function start(
  service: GatedService,
  images: Images,
  services: Services,
  clock: Clock,
  deadline: number,
): Promise<Arrival> {
  const stays = (why: string): Arrival => ({
    started: false,
    sentence: `${service.service} was not started: ${why}`,
  });
  if (service.desired === 0) return stays('it is meant to have no task here.');
  if (!service.image) return stays('its image is in a public registry and never arrives.');
  const image = imageName(service.image);
  if (!(await images.exists(service.image.repository, service.image.reference))) {
    return stays(`what arrived in ${service.image.repository} is not the image ${image}.`);
  }
  let present = await services.desiredCount(service.cluster, service.service);
  while (present === undefined && clock.now() + POLL_MS <= deadline) {
    await clock.sleep(POLL_MS);
    present = await services.desiredCount(service.cluster, service.service);
  }
  if (present === undefined)
    return stays(`there is no such service in the cluster ${service.cluster}; deploy it.`);
  if (present > 0) return stays(`it runs already, with ${present}; a deployment gives it the new image.`);
  // The limits first: a scalable target of 0 to 0 would take the tasks away again.
  await services.setLimits(service.cluster, service.service, service.min, service.max);
  await services.setDesiredCount(service.cluster, service.service, service.desired);
  return {
    started: true,
    sentence: `${image} has arrived; ${service.service} starts with ${service.desired}.`,
  };
}
