import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  DRILLS,
  type DrillSettings,
  drillPrefix,
  ENVIRONMENT,
  INSPECTIONS,
  reportKey,
} from '../../../lambda/restore-drill/contract';
import { databaseIdentifier, leadershipTable, secretName } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { HoldfastFunction, TRUSTS_RDS } from '../../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from '../../leadership/leadership-table';
import { DATABASE_PORT } from '../../network/security-groups';
import type { ManagedInstance } from '../agent-environment';
import {
  type ArchivePrefix,
  allowKey,
  allowPutting,
  allowReading,
  archivePlaces,
  SEGMENTS,
} from '../archive/access';
import { startOnSchedule } from '../starts';
import { BY_STACK, instance, own, parameterGroup, rds, snapshots } from '../step-resources';
import { allowOwner, allowSeeingCopies } from './access';
import { checkQuery } from './checks';
import { REPLAY_MEMORY_MIB, REPLAY_TIMEOUT } from './restore';

export interface RestoreDrillProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly instance: ManagedInstance;
  /** Id of the group that admits functions of Holdfast only. */
  readonly quarantine: string;
}

/** How often a drill and an inspection of the archive begin. */
export const EVERY_DAYS = { weekly: 7, monthly: 30 } as const;
const GRACE_DAYS = 3;
const LIMIT_HOURS = 8;
/** The folder of the reports. */
const REPORTS: ArchivePrefix = `${reportKey('').split('/')[0]}/`;
const BY_DRILL = 'The name of a copy ends in that of the drill which made it.';
const BY_SCHEDULE = 'The name of a snapshot ends in its schedule and time.';

/**
 * Restores a backup into isolation, verifies it, measures how long that took, and removes what it made: a little at each
 * start, because a restore takes longer than a function may run. The rest of a start reads segments of the archive in both
 * regions, so that damage is found in turn. Both regions have it, and only the one that leads works.
 */
export class RestoreDrill extends Construct {
  /** Name of the function, as a reference. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: RestoreDrillProps) {
    super(scope, id);
    const { platform, role } = props;
    const drill = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'restore-drill',
      description: 'Restores a backup into isolation and verifies it',
      timeout: REPLAY_TIMEOUT,
      memoryMib: REPLAY_MEMORY_MIB,
      logKey: props.logKey,
      network: props.network,
      environment: environment(this, props),
    });
    this.functionName = drill.name;
    const [near, far] = archivePlaces(platform, role);
    allowReading(drill, platform, near, [SEGMENTS, DRILLS, REPORTS, INSPECTIONS]);
    allowReading(drill, platform, far, [SEGMENTS, INSPECTIONS]);
    allowPutting(drill, platform, near, [DRILLS, REPORTS, INSPECTIONS]);
    allowOwner(drill, platform, role);
    allowSeeingCopies(drill, platform, role);
    drill.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
    allowRestoring(drill, props);
    startOnSchedule(this, {
      platform,
      target: drill,
      folder: 'restore-drill',
      what: 'the restore drill',
      starts: [{ expression: 'rate(15 minutes)' }],
    });
  }
}

/** Copies under the names of drills are made, changed and deleted; no other instance is. */
function allowRestoring(
  drill: HoldfastFunction,
  { platform, role, instance: managed }: RestoreDrillProps,
): void {
  const copies = rds(platform, role, `db:${drillPrefix(databaseIdentifier(platform))}*`);
  const from = snapshots(platform, role);
  const automated = rds(platform, role, `snapshot:rds:${databaseIdentifier(platform)}-*`);
  const source = instance(platform, own(platform, role));
  const groups = parameterGroup(platform, role);
  const all = rds(platform, role, 'db:*');
  drill.allow(['rds:DescribeDBInstances'], [all]);
  drill.explainWildcard(
    all,
    'RDS lists all instances or none, and the drill looks for copies that nobody needs.',
  );
  drill.allow(['rds:DescribeDBSnapshots'], [...source, ...from, automated]);
  drill.allow(
    ['rds:RestoreDBInstanceToPointInTime', 'rds:RestoreDBInstanceFromDBSnapshot'],
    [
      ...source,
      ...from,
      automated,
      copies,
      rds(platform, role, `subgrp:${databaseIdentifier(platform)}`),
      ...groups,
      rds(platform, role, `og:default:postgres-${managed.database.major}`),
    ],
  );
  drill.allow(['rds:AddTagsToResource', 'rds:ModifyDBInstance', 'rds:DeleteDBInstance'], [copies]);
  allowKey(drill, platform, own(platform, role), ['kms:CreateGrant', 'kms:DescribeKey'], 'rds');
  drill.explainWildcard(copies, BY_DRILL);
  for (const arn of [...from, automated]) drill.explainWildcard(arn, BY_SCHEDULE);
  for (const arn of groups) drill.explainWildcard(arn, BY_STACK);
}

function environment(scope: Construct, props: RestoreDrillProps): Record<string, string> {
  const { platform, role, instance: managed } = props;
  const region = own(platform, role);
  return {
    [ENVIRONMENT.platform]: platform.name,
    [ENVIRONMENT.identifier]: databaseIdentifier(platform),
    [ENVIRONMENT.databasePort]: String(DATABASE_PORT),
    [ENVIRONMENT.databaseName]: managed.database.name,
    [ENVIRONMENT.ownerSecret]: secretName(platform, 'database-owner'),
    [ENVIRONMENT.archives]: JSON.stringify(archivePlaces(platform, role)),
    [ENVIRONMENT.region]: region,
    [ENVIRONMENT.settings]: Stack.of(scope).toJsonString(settings(props)),
    [ENVIRONMENT.table]: leadershipTable(platform),
    [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
    ...TRUSTS_RDS,
  };
}

function settings({ platform, role, instance: managed, quarantine }: RestoreDrillProps): DrillSettings {
  const { backup } = platform;
  return {
    everyDays: EVERY_DAYS[backup.restoreDrill],
    graceDays: GRACE_DAYS,
    limitHours: LIMIT_HOURS,
    keepDays: backup.archive.keepDays,
    instance: {
      instanceClass: managed.database.instanceClass[role],
      subnetGroup: databaseIdentifier(platform),
      parameterGroup: managed.parameterGroup,
      securityGroup: quarantine,
    },
    checks: backup.checks.map(({ name, sql, expect }) => ({ name, sql: checkQuery({ sql, expect }) })),
  };
}
