import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { untilAllowed } from '../runtime/permission';
import { ATTRIBUTES } from './contract';
import { type Missing, missingOf, refusalSentence, waitingSentence } from './missing';
import type { Cloud } from './ports';
import { type GatedService, imageName, parseService } from './service';

/**
 * With how many tasks a stack may begin or go on. A service whose image is not there starts no task, and its stack
 * would hang for hours; one whose secret has no value is rolled back with its stack. A service that runs must neither
 * lose its image or its secrets nor the number to which it was scaled.
 */

/** A service that runs would lack something: nothing was changed. */
export class NotComplete extends HoldfastError {
  constructor(
    readonly service: string,
    readonly missing: Missing,
  ) {
    super(refusalSentence(service, missing));
  }
}

export interface Count {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly sentence: string;
}

export function gate(cloud: Cloud): CustomResource<GatedService> {
  const ask = async (service: GatedService, host: Host): Promise<Outcome> => {
    const { desired, min, max, sentence } = await decide(service, patient(cloud, host));
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

/** @throws {NotComplete} if the service runs and its new image or one of its secrets is not there */
export async function decide(service: GatedService, cloud: Cloud): Promise<Count> {
  const { desired, min, max } = service;
  const present = await cloud.services.desiredCount(service.cluster, service.service);
  const missing = await missingOf(service, cloud);
  const image = service.image ? imageName(service.image) : 'The image of a public registry';
  if (present !== undefined && present > 0) {
    if (missing) throw new NotComplete(service.service, missing);
    const kept = Math.min(Math.max(present, min), max);
    return {
      desired: kept,
      min,
      max,
      sentence: `${image} is there; ${service.service} goes on with ${kept}.`,
    };
  }
  if (missing) {
    return { desired: 0, min: 0, max: 0, sentence: waitingSentence(service.service, missing) };
  }
  return { desired, min, max, sentence: `${image} is there; ${service.service} starts with ${desired}.` };
}

/** A new secret of the platform file changed the function's policy a moment before the service's stack asks. */
function patient({ images, secrets, services }: Cloud, host: Host): Cloud {
  const allowed = untilAllowed(host);
  const describeSecret = 'secretsmanager:DescribeSecret';
  return {
    images: { exists: (...image) => allowed('ecr:DescribeImages', () => images.exists(...image)) },
    secrets: {
      hasValue: (name) => allowed(describeSecret, () => secrets.hasValue(name)),
      wasSet: (name) => allowed(describeSecret, () => secrets.wasSet(name)),
    },
    services: {
      ...services,
      desiredCount: (...which) => allowed('ecs:DescribeServices', () => services.desiredCount(...which)),
    },
  };
}
