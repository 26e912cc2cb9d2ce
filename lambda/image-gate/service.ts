import { BadProperties, type RawProperties } from '../runtime/custom-resource';
import { text, texts, wholeNumber } from '../runtime/properties';
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
  /** Whether there is a scalable target whose limits can be set. */
  readonly scaled: boolean;
  /** Names of secrets that a person must set before a task can start. */
  readonly secrets: readonly string[];
  /** Name of the secret with the login at a public registry; undefined if it demands none. */
  readonly login: string | undefined;
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
    scaled: parseScaled(properties),
    secrets: parseSecrets(properties),
    login: properties.Login === undefined ? undefined : text(properties, 'Login'),
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

function parseScaled({ Scaled }: RawProperties): boolean {
  if (Scaled !== 'true' && Scaled !== 'false') throw new BadProperties('Scaled', '"true" or "false"', Scaled);
  return Scaled === 'true';
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
