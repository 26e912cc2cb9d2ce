import { regionOf } from '../config/names';
import type { ManagedDatabase, Platform, Role } from '../config/platform';
import { COLLECTOR_MIB } from '../config/sizes';
import { agentRunSeconds } from '../recovery/agent-run';
import type { BuiltRegion } from './built';
import { memoryUsd, tasksOf, taskUsd } from './fargate';
import { type CostPart, type Estimate, HOURS_PER_MONTH, partIf, sum, timesPerMonth } from './part';
import {
  brokerNodeHourUsd,
  cacheNodeHourUsd,
  databaseHourUsd,
  type Prices,
  type PricesOf,
  TABLE,
} from './prices';

const ROLES: readonly Role[] = ['home', 'standby'];
const AGENT_EVERY_SECONDS = 60;
const AGENT_GIB = 0.25;
/** Of Multi-AZ: the instance that serves, and the one that stands by in another zone. */
const MULTI_AZ_TIMES = 2;
/** What queues that are emptied as they fill take on each node. */
const BROKER_GIB = 5;
/** Size of the archiver's task, as its construct has it. */
const ARCHIVER = { cpuUnits: 1024, memoryMib: 2048 };

/**
 * What a platform costs to leave running, without its monitoring, and without what its use makes (`use/`).
 * @param built what its stacks hold
 * @param pricesOf prices of each region; the dated table by default
 */
export function platformCost(
  platform: Platform,
  built: readonly BuiltRegion[],
  pricesOf: PricesOf = TABLE,
): Estimate {
  const inRegions = ROLES.map((role) => ({ role, prices: pricesOf(regionOf(platform, role)) }));
  const priced = [
    ...inRegions.flatMap(({ role, prices }) => [
      databasePart(prices, platform, role),
      cachePart(prices, platform, role),
    ]),
    ...built.map((region) => brokerPart(pricesOf(region.region), region)),
  ];
  return {
    parts: [
      ...inRegions.flatMap(({ role, prices }) => tasksPart(prices, platform, role)),
      ...priced.flatMap(({ parts }) => parts),
      ...inRegions.map(({ role, prices }) => agentPart(prices, platform, role)),
      ...inRegions.flatMap(({ role, prices }) => archiverPart(prices, platform, role)),
      ...built.flatMap((region) => [
        ...networkParts(pricesOf(region.region), platform, region),
        ...guardParts(pricesOf(region.region), region),
      ]),
    ],
    unpriced: [...new Set(priced.flatMap(({ unpriced }) => unpriced))],
  };
}

function tasksPart(prices: Prices, platform: Platform, role: Role): readonly CostPart[] {
  const running = platform.services.filter((service) => tasksOf(service, role) > 0);
  const ofCollector = platform.monitoring.collectors ? COLLECTOR_MIB : 0;
  return partIf(running.length > 0, () => ({
    name: 'tasks of the services',
    region: regionOf(platform, role),
    usdPerMonth: sum(
      running.map(
        (service) =>
          tasksOf(service, role) *
          (taskUsd(prices, service.task, service.architecture) -
            memoryUsd(prices, ofCollector, service.architecture)),
      ),
    ),
    how: running
      .map((service) => {
        const gib = (service.task.memoryMib - ofCollector) / 1024;
        return `${tasksOf(service, role)} ${service.name} of ${service.task.cpuUnits / 1024} vCPU and ${gib} GiB`;
      })
      .join(', '),
  }));
}

function databasePart(prices: Prices, platform: Platform, role: Role): Estimate {
  const { database } = platform;
  if (database?.kind !== 'managed') return NOTHING;
  const name = database.instanceClass[role];
  const hourUsd = databaseHourUsd(prices, name);
  if (hourUsd === undefined) return withoutPrice(`the instances of ${name}`);
  const instances = instancesOf(database, role);
  const gib = database.storage.gib;
  return onePart({
    name: 'database',
    region: regionOf(platform, role),
    usdPerMonth: instances * (HOURS_PER_MONTH * hourUsd + gib * prices.database.storageGibMonth),
    how: `${instances} of ${name} with ${gib} GiB each${database.multiAz[role] ? ', two of them Multi-AZ' : ''}`,
  });
}

const instancesOf = ({ multiAz, readReplicas }: ManagedDatabase, role: Role): number =>
  (multiAz[role] ? MULTI_AZ_TIMES : 1) + (role === 'home' ? readReplicas : 0);

function cachePart(prices: Prices, platform: Platform, role: Role): Estimate {
  const { cache } = platform;
  if (!cache) return NOTHING;
  const hourUsd = cacheNodeHourUsd(prices, cache.nodeClass);
  if (hourUsd === undefined) return withoutPrice(`the nodes of ${cache.nodeClass}`);
  const nodes = cache.replicas[role] + 1;
  return onePart({
    name: 'cache',
    region: regionOf(platform, role),
    usdPerMonth: nodes * HOURS_PER_MONTH * hourUsd,
    how: `${nodes} nodes of ${cache.nodeClass}`,
  });
}

/** Nodes of each broker; a cluster's are in three zones. */
function brokerPart(prices: Prices, { region, brokers }: BuiltRegion): Estimate {
  const unknown = brokers.filter(({ instanceType }) => brokerNodeHourUsd(prices, instanceType) === undefined);
  if (unknown.length > 0)
    return withoutPrice(`a broker's nodes of ${unknown.map(({ instanceType }) => instanceType).join(', ')}`);
  const parts = partIf(brokers.length > 0, () => ({
    name: 'message brokers',
    region,
    usdPerMonth: sum(
      brokers.map(
        ({ instanceType, nodes }) =>
          nodes * HOURS_PER_MONTH * (brokerNodeHourUsd(prices, instanceType) ?? 0) +
          nodes * BROKER_GIB * prices.broker.storageGibMonth,
      ),
    ),
    how: brokers
      .map(({ instanceType, nodes }) => `${nodes} nodes of ${instanceType} with ${BROKER_GIB} GiB in use`)
      .join(', '),
  }));
  return { parts, unpriced: [] };
}

const NOTHING: Estimate = { parts: [], unpriced: [] };
const onePart = (part: CostPart): Estimate => ({ parts: [part], unpriced: [] });
const withoutPrice = (what: string): Estimate => ({
  parts: [],
  unpriced: [`The price of ${what} is not in the table.`],
});

function agentPart(prices: Prices, platform: Platform, role: Role): CostPart {
  const runs = timesPerMonth(AGENT_EVERY_SECONDS);
  const seconds = agentRunSeconds(platform);
  return {
    name: 'region agent',
    region: regionOf(platform, role),
    usdPerMonth:
      runs * seconds * AGENT_GIB * prices.lambda.gibSecondArm + (runs / 1e6) * prices.lambda.millionRuns,
    how: `a run a minute of ${seconds} s with ${AGENT_GIB} GiB`,
  };
}

/** The archiver as a task; as a function it is among those that are started by the clock. */
function archiverPart(prices: Prices, platform: Platform, role: Role): readonly CostPart[] {
  const { enabled, mode } = platform.backup.archive;
  return partIf(enabled && mode === 'service', () => ({
    name: 'archiver',
    region: regionOf(platform, role),
    usdPerMonth: taskUsd(prices, ARCHIVER, 'arm64'),
    how: 'one task of 1 vCPU and 2 GiB, arm64',
  }));
}

function networkParts(prices: Prices, platform: Platform, built: BuiltRegion): readonly CostPart[] {
  const { region, natGateways, elasticAddresses, balancers, interfaceEndpoints } = built;
  const zones = ROLES.flatMap((role) =>
    regionOf(platform, role) === region ? [platform.regions[role].zones.length] : [],
  );
  const zonesHere = zones[0] ?? 0;
  // A balancer that faces the internet has an address in each zone.
  const addresses = elasticAddresses + balancers * zonesHere;
  const { natGatewayHour, publicAddressHour, balancerHour, endpointZoneHour } = prices.network;
  return [
    ...partIf(natGateways > 0, () => ({
      name: 'NAT gateways',
      region,
      usdPerMonth: natGateways * HOURS_PER_MONTH * natGatewayHour,
      how: `${natGateways} gateways`,
    })),
    ...partIf(addresses > 0, () => ({
      name: 'public addresses',
      region,
      usdPerMonth: addresses * HOURS_PER_MONTH * publicAddressHour,
      how: `${elasticAddresses} of NAT gateways, ${addresses - elasticAddresses} of the load balancer`,
    })),
    ...partIf(balancers > 0, () => ({
      name: 'load balancer',
      region,
      usdPerMonth: balancers * HOURS_PER_MONTH * balancerHour,
      how: `${balancers}, without the capacity units that traffic makes`,
    })),
    ...partIf(interfaceEndpoints > 0, () => ({
      name: 'interface endpoints',
      region,
      usdPerMonth: interfaceEndpoints * zonesHere * HOURS_PER_MONTH * endpointZoneHour,
      how: `${interfaceEndpoints} in ${zonesHere} zones`,
    })),
  ];
}

function guardParts(prices: Prices, built: BuiltRegion): readonly CostPart[] {
  const { region, webAcls, webAclRules, keys, secrets, healthChecks, healthCheckOptions } = built;
  const { month, optionMonth } = prices.healthCheck;
  return [
    // Of the failover of names; that alarms look at them too costs no more.
    ...partIf(healthChecks > 0, () => ({
      name: 'health checks',
      region,
      usdPerMonth: healthChecks * month + healthCheckOptions * optionMonth,
      how: `${healthChecks} with ${healthCheckOptions} options (HTTPS, every 10 s)`,
    })),
    ...partIf(webAcls > 0, () => ({
      name: 'AWS WAF',
      region,
      usdPerMonth: webAcls * prices.firewall.aclMonth + webAclRules * prices.firewall.ruleMonth,
      how: `${webAcls} with ${webAclRules} rules`,
    })),
    ...partIf(keys + secrets > 0, () => ({
      name: 'keys and secrets',
      region,
      usdPerMonth: keys * prices.keyMonth + secrets * prices.secretMonth,
      how: `${keys} keys, ${secrets} secrets`,
    })),
  ];
}
