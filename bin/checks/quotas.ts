import type { Part } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import { deploymentBounds } from '../../lib/service/deployment';
import { type Check, inEach } from './check';
import { type Finding, ok, todo } from './line';
import { deployedRegions, ROLES } from './places';
import { stackExists } from './platform-stacks';
import type { Ports, Usage } from './ports';

/** A limit of the account in a region, and what a new platform takes of it. */
interface Limit {
  readonly what: string;
  readonly serviceCode: string;
  readonly quotaCode: string;
  /** Stack that takes it: once that exists, its share is among what is used. */
  readonly part: Part;
  readonly used: (usage: Usage, region: string) => Promise<number>;
  readonly needed: (platform: Platform, role: Role) => number;
}

/** https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
const LIMITS: readonly Limit[] = [
  {
    what: 'Elastic IP addresses (one for each NAT gateway)',
    serviceCode: 'ec2',
    quotaCode: 'L-0263D0A3',
    part: 'Network',
    used: (usage, region) => usage.elasticAddresses(region),
    needed: ({ network, regions }, role) => (network.natPerZone ? regions[role].zones.length : 1),
  },
  {
    what: 'VPCs',
    serviceCode: 'vpc',
    quotaCode: 'L-F678F1CE',
    part: 'Network',
    used: (usage, region) => usage.networks(region),
    needed: () => 1,
  },
  {
    what: 'RDS instances',
    serviceCode: 'rds',
    quotaCode: 'L-7B6409FD',
    part: 'Data',
    used: (usage, region) => usage.databases(region),
    needed: ({ database }, role) =>
      database?.kind === 'managed' ? 1 + (role === 'home' ? database.readReplicas : 0) : 0,
  },
  {
    what: 'Application Load Balancers',
    serviceCode: 'elasticloadbalancing',
    quotaCode: 'L-53DA6B97',
    part: 'Cluster',
    used: (usage, region) => usage.balancers(region),
    needed: () => 1,
  },
];

/** Does the account allow as much as the platform needs, with what is used already? */
export const quotas: Check = {
  name: 'quotas',
  asksAws: true,
  tasks: (platform, ports) => [
    ...inEach(deployedRegions(platform), async (region) => [await concurrency(region, ports)]),
    ...ROLES.flatMap((role) => [
      ...LIMITS.filter(({ needed }) => needed(platform, role) > 0).map((limit) => ({
        place: platform.regions[role].name,
        run: async () => [await within(limit, platform, role, ports)],
      })),
      { place: platform.regions[role].name, run: async () => [await fargate(platform, role, ports)] },
    ]),
  ],
};

async function within(limit: Limit, platform: Platform, role: Role, ports: Ports): Promise<Finding> {
  const region = platform.regions[role].name;
  const { what, serviceCode, quotaCode } = limit;
  const needed = limit.needed(platform, role);
  const [allowed, used, isDeployed] = await Promise.all([
    ports.quotas.value(region, serviceCode, quotaCode),
    limit.used(ports.usage, region),
    stackExists(ports.stacks, platform, region, limit.part),
  ]);
  const figures = `${used} of ${allowed} are used`;
  if (isDeployed) return ok(`${what}: ${figures}, those of the platform among them.`);
  if (used + needed <= allowed)
    return ok(`${what}: ${figures}, ${needed} more ${needed === 1 ? 'is' : 'are'} needed.`);
  return todo(
    `${what}: ${figures}, ${needed} more ${needed === 1 ? 'is' : 'are'} needed.`,
    increase(region, serviceCode, quotaCode, used + needed),
  );
}

/**
 * What Lambda must be able to run at once in a region: Route 53 asks an endpoint from some twenty places at the same
 * moment, and gates, rotation and replication run beside it; twice that, because a throttled endpoint is a failed
 * health check. Some new accounts start with 10; the usual quota, 1000, is what one asks for.
 */
export const LAMBDA_NEEDED = 50;
const LAMBDA_USUAL = 1000;

async function concurrency(region: string, { quotas: port }: Ports): Promise<Finding> {
  const allowed = await port.concurrentExecutions(region);
  if (allowed >= LAMBDA_NEEDED)
    return ok(`Lambda runs ${allowed} functions at once, ${LAMBDA_NEEDED} are needed.`);
  return todo(
    `Lambda runs only ${allowed} functions at once, as in a new account; ${LAMBDA_NEEDED} are needed.`,
    increase(region, 'lambda', 'L-B99A9384', LAMBDA_USUAL),
  );
}

/**
 * vCPU of all services at their most, with the extra tasks of a deployment. After a failover the standby needs as much
 * as home, and then nobody has time to ask for it.
 */
export function fargateVcpu(platform: Platform): number {
  const vcpu = platform.services.map((service) => {
    const replicas = service.replicas.home;
    const { maximumPercent } = deploymentBounds(service, replicas);
    return (Math.floor((replicas.max * maximumPercent) / 100) * service.task.cpuUnits) / 1024;
  });
  return Math.ceil(vcpu.reduce((sum, one) => sum + one, 0));
}

async function fargate(platform: Platform, role: Role, { quotas: port }: Ports): Promise<Finding> {
  const region = platform.regions[role].name;
  const needed = fargateVcpu(platform);
  const allowed = await port.value(region, 'fargate', 'L-3032A538');
  const why =
    role === 'home'
      ? 'all services at their most, during a deployment, need'
      : 'after a failover all services at their most need';
  if (allowed >= needed) return ok(`Fargate: ${allowed} vCPU are allowed; ${why} ${needed}.`);
  return todo(
    `Fargate: only ${allowed} vCPU are allowed; ${why} ${needed}.`,
    increase(region, 'fargate', 'L-3032A538', needed),
  );
}

const increase = (region: string, serviceCode: string, quotaCode: string, desired: number): string =>
  `aws service-quotas request-service-quota-increase --region ${region} --service-code ${serviceCode} --quota-code ${quotaCode} --desired-value ${desired}`;
