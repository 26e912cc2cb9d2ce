import type { CustomResource, Outcome } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { ATTRIBUTES } from './contract';
import type { Images, Services } from './ports';
import { type GatedService, imageName, parseService } from './service';

/**
 * With how many tasks a stack may begin or go on. A service whose image is not there starts no task, and its stack
 * would hang for hours; a service that runs must neither lose its image nor the number to which it was scaled.
 */

/** The image of a service that runs is not there: nothing was changed. */
export class ImageMissing extends HoldfastError {
  constructor(
    readonly image: string,
    readonly service: string,
  ) {
    super(
      `There is no image ${image}. The service ${service} runs and was not changed; push the image first, then ` +
        'deploy again.',
    );
  }
}

export interface Count {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly sentence: string;
}

export function gate(images: Images, services: Services): CustomResource<GatedService> {
  const ask = async (service: GatedService): Promise<Outcome> => {
    const { desired, min, max, sentence } = await decide(service, images, services);
    const data = {
      [ATTRIBUTES.desired]: String(desired),
      [ATTRIBUTES.min]: String(min),
      [ATTRIBUTES.max]: String(max),
      [ATTRIBUTES.sentence]: sentence,
    };
    return { data, sentence };
  };
  return {
    parse: parseService,
    physicalId: ({ cluster, service }) => `${cluster}/${service}`,
    create: ask,
    update: ask,
    async delete() {},
  };
}

/** @throws {ImageMissing} if the service runs and its new image is not there */
export async function decide(service: GatedService, images: Images, services: Services): Promise<Count> {
  const { desired, min, max } = service;
  const image = service.image ? imageName(service.image) : 'The image of a public registry';
  const present = await services.desiredCount(service.cluster, service.service);
  const there = !service.image || (await images.exists(service.image.repository, service.image.reference));
  if (present !== undefined && present > 0) {
    if (!there) throw new ImageMissing(image, service.service);
    const kept = Math.min(Math.max(present, min), max);
    return {
      desired: kept,
      min,
      max,
      sentence: `${image} is there; ${service.service} goes on with ${kept}.`,
    };
  }
  if (there)
    return { desired, min, max, sentence: `${image} is there; ${service.service} starts with ${desired}.` };
  const sentence = `There is no image ${image} yet; push it and the service starts by itself.`;
  return { desired: 0, min: 0, max: 0, sentence };
}
