import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  type AgentSettings,
  DATABASE_ENVIRONMENT,
  ENVIRONMENT,
  type ReplicaSettings,
} from '../../lambda/region-agent/contract';
import {
  clusterName,
  databaseIdentifier,
  databaseMonitoringRoleArn,
  functionName,
  leadershipTable,
  onCallTopicArn,
  otherRole,
  readReplicaIdentifier,
  secretName,
} from '../config/names';
import type { ManagedDatabase, Platform, Role } from '../config/platform';
import { fencingMarginSeconds } from '../config/timings';
import { BACKUP_WINDOW, MAINTENANCE_WINDOW } from '../config/windows';
import { TRUSTS_RDS } from '../functions/holdfast-function';
import { tableRegionsFrom } from '../leadership/leadership-table';
import { DATABASE_PORT } from '../network/security-groups';
import { applicationUrl } from '../traffic/checked-path';

/** The database of a region, and what is needed to make it again. */
export interface ManagedInstance {
  readonly database: ManagedDatabase;
  readonly host: string;
  readonly parameterGroup: string;
  readonly securityGroup: string;
  readonly keyArn: string;
}

/** @returns the environment of the region agent, as `lambda/region-agent/contract.ts` names it */
export function agentEnvironment(
  scope: Construct,
  {
    platform,
    role,
    instance,
  }: { readonly platform: Platform; readonly role: Role; readonly instance?: ManagedInstance },
): Record<string, string> {
  const own = platform.regions[role].name;
  return {
    [ENVIRONMENT.table]: leadershipTable(platform),
    [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, own).join(','),
    [ENVIRONMENT.settings]: JSON.stringify(agentSettings(platform, role)),
    [ENVIRONMENT.ownUrl]: applicationUrl(platform, role),
    [ENVIRONMENT.otherUrl]: applicationUrl(platform, otherRole(role)),
    [ENVIRONMENT.prober]: functionName(platform, 'prober'),
    [ENVIRONMENT.witnessRegion]: platform.regions.witness.name,
    [ENVIRONMENT.topic]: onCallTopicArn(platform, own),
    [ENVIRONMENT.cluster]: clusterName(platform),
    [ENVIRONMENT.secretPrefix]: secretName(platform, ''),
    ...(instance ? databaseEnvironment(scope, platform, role, instance) : {}),
  };
}

/** What decides, from the platform file. */
export function agentSettings(platform: Platform, role: Role): AgentSettings {
  const { leadership, regions } = platform;
  return {
    own: regions[role].name,
    other: regions[otherRole(role)].name,
    home: regions.home.name,
    leaseSeconds: leadership.leaseSeconds,
    enforceSeconds: leadership.enforceSeconds,
    marginSeconds: fencingMarginSeconds(leadership),
    pollSeconds: leadership.pollSeconds,
    lagGateSeconds: leadership.lagGateSeconds,
    databaseOutageSeconds: leadership.databaseOutageSeconds,
    minimumSecondsBetweenMoves: leadership.minimumSecondsBetweenMoves,
    failOverOnApplicationOutage: leadership.failOverOnApplicationOutage,
  };
}

function databaseEnvironment(
  scope: Construct,
  platform: Platform,
  role: Role,
  instance: ManagedInstance,
): Record<string, string> {
  return {
    [DATABASE_ENVIRONMENT.host]: instance.host,
    [DATABASE_ENVIRONMENT.port]: String(DATABASE_PORT),
    [DATABASE_ENVIRONMENT.name]: instance.database.name,
    [DATABASE_ENVIRONMENT.identifier]: databaseIdentifier(platform),
    [DATABASE_ENVIRONMENT.secret]: secretName(platform, 'database-agent'),
    [DATABASE_ENVIRONMENT.replica]: Stack.of(scope).toJsonString(replicaSettings(platform, role, instance)),
    ...TRUSTS_RDS,
  };
}

/** The instance as the template of the Data stack has it, so that CloudFormation sees no difference afterwards. */
function replicaSettings(
  platform: Platform,
  role: Role,
  { database, ...instance }: ManagedInstance,
): ReplicaSettings {
  return {
    account: platform.account,
    instanceClass: database.instanceClass[role],
    multiAz: database.multiAz[role],
    subnetGroup: databaseIdentifier(platform),
    parameterGroup: instance.parameterGroup,
    securityGroup: instance.securityGroup,
    keyArn: instance.keyArn,
    monitoringRoleArn: databaseMonitoringRoleArn(platform, platform.regions[role].name),
    maxAllocatedStorageGib: database.storage.maxGib,
    retentionDays: database.retentionDays,
    backupWindow: BACKUP_WINDOW,
    maintenanceWindow: MAINTENANCE_WINDOW[role],
    readReplicas:
      role === 'home'
        ? Array.from({ length: database.readReplicas }, (_, index) =>
            readReplicaIdentifier(platform, index + 1),
          )
        : [],
  };
}
