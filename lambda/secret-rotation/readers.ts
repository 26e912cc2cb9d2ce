import { nameOfSecret } from '../runtime/secret-fields';
import type { SecretKind } from './contract';

/**
 * @param id name or ARN of a secret
 * @returns the name by which the tag of a service names it: without that of the platform
 */
export function nameInTag(id: string): string {
  const name = nameOfSecret(id);
  return name.slice(name.indexOf('/') + 1);
}

/** Names of secrets in the tag of a service; none if it has no such tag. */
export const secretsInTag = (value: string | undefined): readonly string[] =>
  (value ?? '').split(/\s+/).filter(Boolean);

/**
 * Where the readers of a secret are: in every region with a cluster, but for the token of a cache, which has no copy
 * and is of its own region only.
 */
export const regionsOfReaders = (
  kind: SecretKind,
  own: string,
  regions: readonly string[],
): readonly string[] => (kind === 'cache' ? regions.filter((region) => region === own) : regions);
