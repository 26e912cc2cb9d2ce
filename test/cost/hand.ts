import { clusterName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { BuiltRegion } from '../../lib/cost/built';
import type { CostPart } from '../../lib/cost/part';

/** A region in which the stacks hold nothing with a price. */
export const bareRegion = (region: string): BuiltRegion => ({
  region,
  alarmMetrics: 0,
  queryAlarms: 0,
  composites: 0,
  dashboards: 0,
  healthChecks: 0,
  healthCheckOptions: 0,
  natGateways: 0,
  elasticAddresses: 0,
  balancers: 0,
  interfaceEndpoints: 0,
  webAcls: 0,
  webAclRules: 0,
  keys: 0,
  secrets: 0,
  queueReaders: 0,
  brokers: [],
  fileSystems: 0,
  distributions: 0,
  repositories: 0,
  apis: 0,
  tables: 0,
  scheduled: [],
  insights: {},
});

/** The home region of ops-center, counted by hand in its stacks. */
export const opsCenterHome = (platform: Platform): BuiltRegion => ({
  ...bareRegion('us-east-1'),
  alarmMetrics: 107,
  queryAlarms: 2,
  composites: 9,
  dashboards: 1,
  healthChecks: 6,
  healthCheckOptions: 8,
  natGateways: 3,
  elasticAddresses: 3,
  balancers: 1,
  webAcls: 1,
  webAclRules: 5,
  keys: 3,
  secrets: 8,
  queueReaders: 3,
  repositories: 2,
  tables: 1,
  scheduled: [
    { functionName: 'ops-center-region-agent', memoryMib: 256, startsPerMonth: 43_800 },
    { functionName: 'ops-center-backup', memoryMib: 256, startsPerMonth: 2920 },
    { functionName: 'ops-center-backup', memoryMib: 256, startsPerMonth: 730 / 24 },
    { functionName: 'ops-center-wal-archive', memoryMib: 1024, startsPerMonth: 43_800 },
    { functionName: 'ops-center-restore-drill', memoryMib: 1769, startsPerMonth: 2920 },
  ],
  insights: { [clusterName(platform)]: 'enabled' },
});

/** @returns USD a month of a part; throws if there is none or more than one */
export function usdOf(parts: readonly CostPart[], name: string, region: string): number {
  const found = parts.filter((part) => part.name === name && part.region === region);
  const [only] = found;
  if (!only || found.length > 1)
    throw new Error(
      `${found.length} parts ${name} in ${region}: ${parts.map((part) => part.name).join(', ')}`,
    );
  return only.usdPerMonth;
}
