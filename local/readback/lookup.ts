import type { Region } from './aws';
import type { DeployedResource } from './deployed';

/**
 * Asks a service which of its resources exist in a region. The resources of the stacks are given because some can be
 * asked for only by name.
 * @returns the physical ids that the service knows
 */
export type Lookup = (region: Region, resources: readonly DeployedResource[]) => Promise<Iterable<string>>;

/** Lookup of types that can only be asked one by one. @returns the ids for which `exists` says yes */
export function each(exists: (region: Region, resource: DeployedResource) => Promise<boolean>): Lookup {
  return async (region, resources) => {
    const found: string[] = [];
    for (const resource of resources) {
      if (await exists(region, resource)) found.push(resource.physicalId);
    }
    return found;
  };
}
