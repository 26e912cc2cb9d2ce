import type { Cache } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import { type Check, inEach } from './check';
import { type Finding, ok, todo, unknown } from './line';
import { ROLES } from './places';
import type { CacheOffers } from './ports';

/** Does ElastiCache have the version and the node type in both regions? */
export const cache: Check = {
  name: 'cache',
  asksAws: true,
  tasks: (platform, ports) => {
    const config = platform.cache;
    if (!config) return [];
    return inEach(
      ROLES.map((role) => platform.regions[role].name),
      (region) => offered(config, region, ports.caches),
    );
  },
};

async function offered({ version, nodeClass }: Cache, region: string, port: CacheOffers): Promise<Finding[]> {
  const versions = await port.versions(region);
  const isThere = versions.some((one) => one === version || one.startsWith(`${version}.`));
  if (!isThere) {
    const others = versions.length > 0 ? `it has ${oneOf(versions, 'and')}` : 'it has no Valkey at all';
    return [
      todo(
        `ElastiCache has no Valkey ${version} in ${region}; ${others}.`,
        'Choose a `cache.version` that home and standby both have.',
      ),
    ];
  }
  // No API lists node types; a type that can be reserved exists, one that cannot may be too new for it.
  return (await port.hasReservations(region, nodeClass))
    ? [ok(`Valkey ${version} on ${nodeClass} can be had.`)]
    : [
        unknown(
          `Valkey ${version} can be had, but AWS offers no reservation of ${nodeClass} in ${region}, so the type may be missing there: see https://aws.amazon.com/elasticache/pricing/.`,
        ),
      ];
}
