import { BadProperties, type RawProperties } from '../runtime/custom-resource';
import { text, texts } from '../runtime/properties';
import type { Reference } from './ports';

/** An image in a repository of the platform. */
export interface GatedImage {
  readonly repository: string;
  readonly reference: Reference;
}

/** Tasks of a service in a region. */
export interface Size {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

/** What the gate must know of a service: `Properties` of the contract, checked. */
export interface GatedService {
  /** Undefined: an image of a public registry, which is always there. */
  readonly image: GatedImage | undefined;
  readonly cluster: string;
  readonly service: string;
  readonly serving: Size;
  readonly standby: Size;
  /** Whether there is a scalable target whose limits can be set. */
  readonly scaled: boolean;
  /** Whether deployments shift the traffic between two groups. */
  readonly paired: boolean;
  /** Names of secrets that a person must set before a task can start. */
  readonly secrets: readonly string[];
  /** Name of the secret with the login at a public registry; undefined if it demands none. */
  readonly login: string | undefined;
}

/** @throws {BadProperties} */
export function parseService(properties: RawProperties): GatedService {
  return {
    image:
      properties.Repository === undefined
        ? undefined
        : { repository: text(properties, 'Repository'), reference: parseReference(properties) },
    cluster: text(properties, 'Cluster'),
    service: text(properties, 'Service'),
    serving: parseSize(properties, 'Serving'),
    standby: parseSize(properties, 'Standby'),
    scaled: parseFlag(properties, 'Scaled'),
    paired: parseFlag(properties, 'Paired'),
    secrets: parseSecrets(properties),
    login: properties.Login === undefined ? undefined : text(properties, 'Login'),
  };
}

function parseSize(properties: RawProperties, name: 'Serving' | 'Standby'): Size {
  const value = text(properties, name);
  const [, min, desired, max] = /^(\d{1,6}) (\d{1,6}) (\d{1,6})$/.exec(value)?.map(Number) ?? [];
  if (min === undefined || desired === undefined || max === undefined || desired < min || max < desired) {
    throw new BadProperties(name, '"<min> <desired> <max>", none smaller than the one before', value);
  }
  return { min, desired, max };
}

function parseReference(properties: RawProperties): Reference {
  if (properties.Tag !== undefined && properties.Digest !== undefined) {
    throw new BadProperties('Tag', 'absent if there is a Digest', properties.Tag);
  }
  return properties.Digest === undefined
    ? { tag: text(properties, 'Tag') }
    : { digest: text(properties, 'Digest') };
}

function parseFlag(properties: RawProperties, name: 'Scaled' | 'Paired'): boolean {
  const value = properties[name];
  if (value !== 'true' && value !== 'false') throw new BadProperties(name, '"true" or "false"', value);
  return value === 'true';
}

/** The CDK leaves an empty list out of its templates. */
function parseSecrets(properties: RawProperties): readonly string[] {
  const { Secrets } = properties;
  const none = Secrets === undefined || (Array.isArray(Secrets) && Secrets.length === 0);
  return none ? [] : texts(properties, 'Secrets');
}

/** @returns the image as `docker pull` would name it in its registry */
export function imageName({ repository, reference }: GatedImage): string {
  return 'tag' in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
}
