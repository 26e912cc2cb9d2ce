import { regionOf } from '../config/names';
import type { ManagedDatabase, Platform, Role } from '../config/platform';
import { COLLECTOR_MIB } from '../config/sizes';
import { agentRunSeconds } from '../recovery/agent-run';
import type { BuiltRegion } from './built';
import { memoryUsd, tasksOf, taskUsd } from './fargate';
import { type CostPart, type Estimate, HOURS_PER_MONTH, partIf, sum, timesPerMonth } from './part';
import { cacheNodeHourUsd, databaseHourUsd, PRICES } from './prices';

const ROLES: readonly Role[] = ['home', 'standby'];
const AGENT_EVERY_SECONDS = 60;
const AGENT_GIB = 0.25;
/** Of Multi-AZ: the instance that serves, and the one that stands by in another zone. */
const MULTI_AZ_TIMES = 2;

/**
 * What a platform costs to leave running, without its monitoring, and without what its use makes: traffic, requests, logs,
 * backups and the archive.
 * @param built what its stacks hold
 */
export function platformCost(platform: Platform, built: readonly BuiltRegion[]): Estimate {
  const priced = ROLES.flatMap((role) => [databasePart(platform, role), cachePart(platform, role)]);
  return {
    parts: [
      ...ROLES.flatMap((role) => tasksPart(platform, role)),
      ...priced.flatMap(({ parts }) => parts),
      ...ROLES.map((role) => agentPart(platform, role)),
      ...built.flatMap((region) => [...networkParts(platform, region), ...guardParts(region)]),
    ],
    unpriced: [...new Set(priced.flatMap(({ unpriced }) => unpriced))],
  };
}

function tasksPart(platform: Platform, role: Role): readonly CostPart[] {
  const running = platform.services.filter((service) => tasksOf(service, role) > 0);
  const ofCollector = platform.monitoring.collectors ? COLLECTOR_MIB : 0;
  return partIf(running.length > 0, () => ({
    name: 'tasks of the services',
    region: regionOf(platform, role),
    usdPerMonth: sum(
      running.map(
        (service) =>
          tasksOf(service, role) *
          (taskUsd(service.task, service.architecture) - memoryUsd(ofCollector, service.architecture)),
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

function databasePart(platform: Platform, role: Role): Estimate {
  const { database } = platform;
  if (database?.kind !== 'managed') return NOTHING;
  const name = database.instanceClass[role];
  const hourUsd = databaseHourUsd(name);
  if (hourUsd === undefined) return withoutPrice(`the instances of ${name}`);
  const instances = instancesOf(database, role);
  const gib = database.storage.gib;
  return onePart({
    name: 'database',
    region: regionOf(platform, role),
    usdPerMonth: instances * (HOURS_PER_MONTH * hourUsd + gib * PRICES.database.storageGibMonth),
    how: `${instances} of ${name} with ${gib} GiB each${database.multiAz[role] ? ', two of them Multi-AZ' : ''}`,
  });
}

const instancesOf = ({ multiAz, readReplicas }: ManagedDatabase, role: Role): number =>
  (multiAz[role] ? MULTI_AZ_TIMES : 1) + (role === 'home' ? readReplicas : 0);

function cachePart(platform: Platform, role: Role): Estimate {
  const { cache } = platform;
  if (!cache) return NOTHING;
  const hourUsd = cacheNodeHourUsd(cache.nodeClass);
  if (hourUsd === undefined) return withoutPrice(`the nodes of ${cache.nodeClass}`);
  const nodes = cache.replicas[role] + 1;
  return onePart({
    name: 'cache',
    region: regionOf(platform, role),
    usdPerMonth: nodes * HOURS_PER_MONTH * hourUsd,
    how: `${nodes} nodes of ${cache.nodeClass}`,
  });
}

const NOTHING: Estimate = { parts: [], unpriced: [] };
const onePart = (part: CostPart): Estimate => ({ parts: [part], unpriced: [] });
const withoutPrice = (what: string): Estimate => ({
  parts: [],
  unpriced: [`The price of ${what} is not in the table.`],
});

function agentPart(platform: Platform, role: Role): CostPart {
  const runs = timesPerMonth(AGENT_EVERY_SECONDS);
  const seconds = agentRunSeconds(platform);
  return {
    name: 'region agent',
    region: regionOf(platform, role),
    usdPerMonth:
      runs * seconds * AGENT_GIB * PRICES.lambda.gibSecondArm + (runs / 1e6) * PRICES.lambda.millionRuns,
    how: `a run a minute of ${seconds} s with ${AGENT_GIB} GiB`,
  };
}

function networkParts(platform: Platform, built: BuiltRegion): readonly CostPart[] {
  const { region, natGateways, elasticAddresses, balancers, interfaceEndpoints } = built;
  const zones = ROLES.flatMap((role) =>
    regionOf(platform, role) === region ? [platform.regions[role].zones.length] : [],
  );
  const zonesHere = zones[0] ?? 0;
  // A balancer that faces the internet has an address in each zone.
  const addresses = elasticAddresses + balancers * zonesHere;
  const { natGatewayHour, publicAddressHour, balancerHour, endpointZoneHour } = PRICES.network;
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

function guardParts(built: BuiltRegion): readonly CostPart[] {
  const { region, webAcls, webAclRules, keys, secrets, healthChecks, healthCheckOptions } = built;
  const { month, optionMonth } = PRICES.healthCheck;
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
      usdPerMonth: webAcls * PRICES.firewall.aclMonth + webAclRules * PRICES.firewall.ruleMonth,
      how: `${webAcls} with ${webAclRules} rules`,
    })),
    ...partIf(keys + secrets > 0, () => ({
      name: 'keys and secrets',
      region,
      usdPerMonth: keys * PRICES.keyMonth + secrets * PRICES.secretMonth,
      how: `${keys} keys, ${secrets} secrets`,
    })),
  ];
}
