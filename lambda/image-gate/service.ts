import { BadProperties, type RawProperties } from '../runtime/custom-resource';
import { text, wholeNumber } from '../runtime/properties';
import type { Reference } from './ports';

/** An image in a repository of the platform. */
export interface GatedImage {
  readonly repository: string;
  readonly reference: Reference;
}

/** What the gate must know of a service: `Properties` of the contract, checked. */
export interface GatedService {
  /** Undefined: an image of a public registry, which is always there. */
  readonly image: GatedImage | undefined;
  readonly cluster: string;
  readonly service: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {BadProperties} */
export function parseService(properties: RawProperties): GatedService {
  const min = wholeNumber(properties, 'Min', 0);
  const max = wholeNumber(properties, 'Max', 0);
  const desired = wholeNumber(properties, 'Desired', 0);
  if (min > max) throw new BadProperties('Max', `at least Min (${min})`, max);
  if (desired < min || desired > max) {
    throw new BadProperties('Desired', `between Min and Max (${min} to ${max})`, desired);
  }
  return {
    image:
      properties.Repository === undefined
        ? undefined
        : { repository: text(properties, 'Repository'), reference: parseReference(properties) },
    cluster: text(properties, 'Cluster'),
    service: text(properties, 'Service'),
    desired,
    min,
    max,
  };
}

function parseReference(properties: RawProperties): Reference {
  if (properties.Tag !== undefined && properties.Digest !== undefined) {
    throw new BadProperties('Tag', 'absent if there is a Digest', properties.Tag);
  }
  return properties.Digest === undefined
    ? { tag: text(properties, 'Tag') }
    : { digest: text(properties, 'Digest') };
}

/** @returns the image as `docker pull` would name it in its registry */
export function imageName({ repository, reference }: GatedImage): string {
  return 'tag' in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
}
