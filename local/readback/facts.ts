import { regionAt } from './aws';
import type { DeployedResource } from './deployed';
import type { Fact, Facts } from './fact';
import { buckets, caches, databases, secrets, tables } from './facts-data';
import { dashboards } from './facts-metrics';
import { queues } from './facts-queues';
import { functions, listeners, schedules, services, targetGroups } from './facts-services';
import { healthChecks, records } from './facts-traffic';
import type { Where } from './verify';

const SECTIONS: Readonly<Record<string, Facts>> = {
  databases,
  caches,
  queues,
  services,
  'target groups': targetGroups,
  listeners,
  records,
  'health checks': healthChecks,
  functions,
  schedules,
  dashboards,
  'leadership table': tables,
  buckets,
  secrets,
};

/**
 * Asks every service about what was deployed.
 * @param regions in the order in which a person wants to read of them
 * @returns rows by section; a section without rows is left out
 */
export async function gatherFacts(
  where: Where,
  resources: readonly DeployedResource[],
  regions: readonly string[],
): Promise<Record<string, Fact[]>> {
  const sections: Record<string, Fact[]> = {};
  for (const [name, facts] of Object.entries(SECTIONS)) {
    const rows: Fact[] = [];
    for (const region of regions) {
      const mine = resources.filter((one) => one.region === region);
      rows.push(...(await facts(regionAt(where.endpoint, where.account, region), mine)));
    }
    if (rows.length > 0) sections[name] = rows;
  }
  return sections;
}
