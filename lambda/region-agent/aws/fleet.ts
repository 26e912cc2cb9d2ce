import { HoldfastError } from '../../runtime/errors';
import { SERVING_TAG, STANDBY_TAG } from '../contract';
import type { Fleet } from '../ports';
import type { EcsService } from './ecs';
import { isOurs, type RegionServices, resize, type Size } from './resize';

/** The sizes of a service are in its tags, so that the agent needs no list of services and no deployment of its own. */
export class NoSize extends HoldfastError {
  constructor(
    readonly service: string,
    readonly tag: string,
    readonly found: string | undefined,
  ) {
    const what = found === undefined ? 'is not there' : `is "${found}"`;
    super(`The tag ${tag} of the service ${service} must be "<min> <desired> <max>", but ${what}.`);
  }
}

/**
 * The services of the own region. One that waits for its image or a secret is raised too: its tasks fail until somebody
 * brings what is missing, and take nothing from the others.
 */
export function serviceFleet(region: RegionServices): Fleet {
  return {
    async observe() {
      const found = (await region.services.services()).filter(isOurs);
      return {
        services: found.flatMap((service) => {
          const serving = parseSize(service.tags.get(SERVING_TAG));
          const standby = parseSize(service.tags.get(STANDBY_TAG));
          // Scaling it will say what is wrong with its tags; nothing can be said of its size.
          if (!serving || !standby) return [];
          const { name, desired, running } = service;
          return [{ name, desired, running, serving: serving.desired, standby: standby.desired }];
        }),
      };
    },
    scaleUp: () => resize('Scaling up', region, (service) => sizeIn(SERVING_TAG, service), Math.max),
    scaleDown: () =>
      resize(
        'Scaling down',
        region,
        (service) => sizeIn(STANDBY_TAG, service),
        (_, wished) => wished,
      ),
  };
}

function sizeIn(tag: string, { name, tags }: EcsService): Size {
  const size = parseSize(tags.get(tag));
  if (!size) throw new NoSize(name, tag, tags.get(tag));
  return size;
}

/** @returns undefined if it is no size, or one whose numbers are not in order */
export function parseSize(text: string | undefined): Size | undefined {
  const parts = /^(\d+) (\d+) (\d+)$/.exec(text ?? '');
  if (!parts) return undefined;
  const [min = 0, desired = 0, max = 0] = parts.slice(1).map(Number);
  return min <= desired && desired <= max ? { min, desired, max } : undefined;
}
