import { dnsNames } from '../dns';
import type { Ports } from '../ports';
import { bootstrap, identity, regions, roles, stacks } from './account';
import { clients } from './call';
import { images, secrets } from './contents';
import { quotas, usage } from './limits';
import { cacheOffers, databaseOffers } from './offers';
import { hostedZones } from './zones';

/**
 * The ports on AWS itself, with the credentials and the endpoint that the SDK finds in the environment.
 * @param dnsServer address to ask instead of the machine's own resolvers
 */
export function awsPorts(dnsServer?: string): Ports {
  const shared = clients();
  return {
    identity: identity(shared),
    regions: regions(shared),
    stacks: stacks(shared),
    bootstrap: bootstrap(shared),
    zones: hostedZones(shared),
    names: dnsNames(dnsServer),
    roles: roles(shared),
    quotas: quotas(shared),
    usage: usage(shared),
    images: images(shared),
    secrets: secrets(shared),
    databases: databaseOffers(shared),
    caches: cacheOffers(shared),
  };
}
