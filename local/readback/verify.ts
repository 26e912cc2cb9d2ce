import type { SynthesizedStack } from './assembly';
import { type Region, regionAt } from './aws';
import { DATA } from './data';
import { compareStack, type DeployedResource } from './deployed';
import type { Lookup } from './lookup';
import { METRICS } from './metrics';
import { NETWORK } from './network';
import { SERVICES } from './services';
import { TRAFFIC } from './traffic';

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  ...NETWORK,
  ...DATA,
  ...SERVICES,
  ...TRAFFIC,
  ...METRICS,
};

/** Types that the read-back can find in their service. */
export const READABLE: readonly string[] = Object.keys(LOOKUPS).sort();

export interface Verification {
  /** Found in the stack and in the service's own API. */
  readonly verified: number;
  /** Custom resources: their function ran here and reported success. */
  readonly ran: number;
  /** In the stack only, because no service here stores them: number by type. */
  readonly notVerified: Readonly<Record<string, number>>;
  /** One sentence for each resource that is missing, or that nothing can find. Empty means all is there. */
  readonly problems: readonly string[];
  readonly resources: readonly DeployedResource[];
}

export interface Where {
  readonly endpoint: string;
  readonly account: string;
}

/**
 * Looks up every resource of every template: in its stack, and in the service that should hold it.
 * @param accepted types without a service behind them
 */
export async function verify(
  where: Where,
  stacks: readonly SynthesizedStack[],
  accepted: readonly string[],
): Promise<Verification> {
  const problems: string[] = [];
  const resources: DeployedResource[] = [];
  for (const stack of stacks) {
    const compared = await compareStack(regionAt(where.endpoint, where.account, stack.region), stack);
    problems.push(...compared.missing);
    resources.push(...compared.resources);
  }
  const notVerified: Record<string, number> = {};
  let verified = 0;
  let ran = 0;
  for (const [key, group] of groups(resources)) {
    const [type = '', regionName = ''] = key.split(' ');
    if (type.startsWith('Custom::')) {
      ran += group.length;
    } else if (accepted.includes(type)) {
      notVerified[type] = (notVerified[type] ?? 0) + group.length;
    } else {
      const missing = await missingOf(regionAt(where.endpoint, where.account, regionName), type, group);
      problems.push(...missing);
      verified += group.length - missing.length;
    }
  }
  return { verified, ran, notVerified, problems, resources };
}

function groups(resources: readonly DeployedResource[]): Map<string, DeployedResource[]> {
  const grouped = new Map<string, DeployedResource[]>();
  for (const resource of resources) {
    const key = `${resource.type} ${resource.region}`;
    grouped.set(key, [...(grouped.get(key) ?? []), resource]);
  }
  return grouped;
}

async function missingOf(
  region: Region,
  type: string,
  group: readonly DeployedResource[],
): Promise<string[]> {
  const lookup = LOOKUPS[type];
  if (!lookup) return group.map((one) => `${name(one)}: nothing here reads back resources of type ${type}.`);
  try {
    const found = new Set(await lookup(region, group));
    return group
      .filter((one) => !found.has(one.physicalId))
      .map((one) => `${name(one)}: the service does not know ${one.physicalId}.`);
  } catch (error) {
    return group.map((one) => `${name(one)}: reading it back failed: ${(error as Error).message}`);
  }
}

const name = (resource: DeployedResource): string =>
  `${resource.stack}: ${resource.logicalId} (${resource.type} in ${resource.region})`;
