import { regionOf } from '../../config/names';
import type { Platform } from '../../config/platform';
import type { BuiltRegion } from '../built';
import { type CostPart, DAYS_PER_MONTH, HOURS_PER_MONTH, partIf, timesPerMonth } from '../part';
import type { PricesOf } from '../prices';
import { archivedGib, inspectedGib } from './archived';
import type { Use } from './assumptions';

const KIB_PER_GIB = 2 ** 20;
/** One capacity unit of a load balancer: new connections a second, and GiB an hour; the larger counts. */
const UNIT = { connectionsPerSecond: 25, gibPerHour: 1 };

/** What users ask and services answer, in the region that leads: home. Each request is taken for a connection of its own. */
export function trafficParts(
  pricesOf: PricesOf,
  platform: Platform,
  built: readonly BuiltRegion[],
  use: Use,
): readonly CostPart[] {
  const region = regionOf(platform, 'home');
  const here = built.find((one) => one.region === region);
  const { network, firewall } = pricesOf(region);
  const requests = use.requestsPerSecond * timesPerMonth(1);
  const gib = (requests * use.responseKib) / KIB_PER_GIB;
  const units = Math.max(
    use.requestsPerSecond / UNIT.connectionsPerSecond,
    gib / HOURS_PER_MONTH / UNIT.gibPerHour,
  );
  const isAsked = requests > 0 && (here?.balancers ?? 0) > 0;
  return [
    ...partIf(isAsked && gib > 0, () => ({
      name: 'traffic to users',
      region,
      usdPerMonth: gib * network.internetGib,
      how: `${Math.round(gib)} GiB`,
    })),
    ...partIf(isAsked, () => ({
      name: 'load balancer: capacity',
      region,
      usdPerMonth: units * HOURS_PER_MONTH * network.capacityUnitHour,
      how: `${units.toFixed(2)} capacity units`,
    })),
    ...partIf(isAsked && (here?.webAcls ?? 0) > 0, () => ({
      name: 'AWS WAF: requests',
      region,
      usdPerMonth: (requests / 1e6) * firewall.millionRequests,
      how: `${(requests / 1e6).toFixed(1)} million requests`,
    })),
    ...natPart(pricesOf, platform, here, use),
    ...regionsPart(pricesOf, platform, use),
  ];
}

/** What services log, and the archive of the other region, written and read again: S3 and DynamoDB of the own one have ways of their own. */
function natPart(
  pricesOf: PricesOf,
  platform: Platform,
  here: BuiltRegion | undefined,
  use: Use,
): readonly CostPart[] {
  const region = regionOf(platform, 'home');
  const logs = platform.network.interfaceEndpoints.includes('logs') ? 0 : use.logsGib * DAYS_PER_MONTH;
  const gib = logs + archivedGib(platform, use) + inspectedGib(platform, use);
  return partIf((here?.natGateways ?? 0) > 0 && gib > 0, () => ({
    name: 'NAT gateways: traffic',
    region,
    usdPerMonth: gib * pricesOf(region).network.natGib,
    how: `${gib.toFixed(1)} GiB of logs and archive; what services ask of others is not in it`,
  }));
}

/** The replica and the backups follow the log of the database; the archive is compressed, and its far copy is read again. */
function regionsPart(pricesOf: PricesOf, platform: Platform, use: Use): readonly CostPart[] {
  if (platform.database?.kind !== 'managed') return [];
  const region = regionOf(platform, 'home');
  const archive = archivedGib(platform, use) + inspectedGib(platform, use);
  const gib = 2 * use.writesGib * DAYS_PER_MONTH + archive;
  return partIf(gib > 0, () => ({
    name: 'traffic between regions',
    region,
    usdPerMonth: gib * pricesOf(region).network.otherRegionGib,
    how: `${gib.toFixed(1)} GiB: the log of the database to its replica, as much of backups${archive > 0 ? ', and the archive, also as it is inspected' : ''}`,
  }));
}
