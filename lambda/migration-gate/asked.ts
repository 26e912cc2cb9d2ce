import { createHash } from 'node:crypto';
import type { RawProperties } from '../runtime/custom-resource';
import { text, texts, wholeNumber } from '../runtime/properties';
import type { Reference } from './ports';

/** A migration as it is asked for: `Properties` of the contract, checked. */
export interface Asked {
  readonly cluster: string;
  readonly service: string;
  /** ARN of the revision of the task definition. */
  readonly definition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly timeoutMs: number;
  readonly command: readonly string[];
  /** Address of the image. */
  readonly image: string;
  /** Undefined: an image of a public registry, which is always there. */
  readonly own: { readonly repository: string; readonly reference: Reference } | undefined;
}

/** @throws {BadProperties} */
export function parseAsked(properties: RawProperties): Asked {
  return {
    cluster: text(properties, 'Cluster'),
    service: text(properties, 'Service'),
    definition: text(properties, 'TaskDefinition'),
    subnets: texts(properties, 'Subnets'),
    securityGroups: texts(properties, 'SecurityGroups'),
    timeoutMs: wholeNumber(properties, 'TimeoutSeconds', 1) * 1000,
    command: texts(properties, 'Command'),
    image: text(properties, 'Image'),
    own:
      properties.Repository === undefined
        ? undefined
        : { repository: text(properties, 'Repository'), reference: referenceOf(properties) },
  };
}

const referenceOf = (properties: RawProperties): Reference =>
  properties.Digest === undefined ? { tag: text(properties, 'Tag') } : { digest: text(properties, 'Digest') };

/**
 * What makes a migration another one: the image by its content and the command. Its environment does not.
 * @param digest of the image; its address where nobody can tell one
 * @returns 32 characters, the same for the same change of the same service
 */
export function changeOf({ cluster, service, command }: Asked, digest: string): string {
  const parts = JSON.stringify([cluster, service, digest, command]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}
