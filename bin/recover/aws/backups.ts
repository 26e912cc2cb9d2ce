import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type DBInstance,
  type DBInstanceAutomatedBackup,
  type DBSnapshot,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBSnapshots,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import type { Base } from '../../../lambda/archive/restore/base';
import { quarantineGroup } from '../../../lambda/region-agent/contract';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import { TARGET_TAG } from '../database/run';
import type { Backups, NewInstance } from '../ports';
import { call } from './call';

/** A region lacks what a new instance needs. */
export class NothingToBuildOn extends HoldfastError {}

/** @param platform its name */
export function backups(clients: Clients, platform: string): Backups {
  const rds = clients((config) => new RDSClient(config));
  const ec2 = clients((config) => new EC2Client(config));
  const find = async (region: string, DBInstanceIdentifier: string): Promise<DBInstance | undefined> => {
    const answer = await orAbsent(
      call('rds:DescribeDBInstances', region, (options) =>
        rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }), options),
      ),
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    );
    return answer?.DBInstances?.[0];
  };
  return {
    async bases(region, identifier) {
      const [automated, snapshots] = await Promise.all([
        call('rds:DescribeDBInstanceAutomatedBackups', region, (options) =>
          all(
            paginateDescribeDBInstanceAutomatedBackups(
              { client: rds(region) },
              { DBInstanceIdentifier: identifier },
              options,
            ),
            (page) => page.DBInstanceAutomatedBackups,
          ),
        ),
        call('rds:DescribeDBSnapshots', region, (options) =>
          all(
            paginateDescribeDBSnapshots(
              { client: rds(region) },
              { DBInstanceIdentifier: identifier },
              options,
            ),
            (page) => page.DBSnapshots,
          ),
        ),
      ]);
      return [
        ...automated.flatMap((one) => pointInTime(region, one)),
        ...snapshots.flatMap((one) => snapshotBase(region, one)),
      ];
    },
    async find(region, identifier) {
      const found = await find(region, identifier);
      const tag = found?.TagList?.find(({ Key }) => Key === TARGET_TAG);
      const created = found?.InstanceCreateTime?.getTime();
      return (
        found && {
          status: found.DBInstanceStatus ?? 'unknown',
          target: tag?.Value,
          ...(created === undefined ? {} : { createdMs: created }),
        }
      );
    },
    async settings(region, identifier) {
      const model = await find(region, identifier);
      const parameterGroup = model?.DBParameterGroups?.[0]?.DBParameterGroupName;
      const subnetGroup = model?.DBSubnetGroup?.DBSubnetGroupName;
      const instanceClass = model?.DBInstanceClass;
      if (parameterGroup === undefined || subnetGroup === undefined || instanceClass === undefined) {
        throw new NothingToBuildOn(
          `There is no database ${identifier} in ${region} whose class, parameters and subnets a copy could have; deploy the Data stack there first.`,
        );
      }
      const name = quarantineGroup(platform);
      const Filters = [{ Name: 'group-name', Values: [name] }];
      const { SecurityGroups } = await call('ec2:DescribeSecurityGroups', region, (options) =>
        ec2(region).send(new DescribeSecurityGroupsCommand({ Filters }), options),
      );
      const [group, another] = (SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
      if (group === undefined || another !== undefined)
        throw new NothingToBuildOn(`There must be one security group ${name} in ${region}.`);
      return { instanceClass, parameterGroup, subnetGroup, securityGroup: group };
    },
    async restore(region, instance) {
      const { base, restoreTimeMs } = instance;
      const common = inputOf(instance);
      if (base.kind === 'snapshot') {
        const input = {
          ...common,
          DBSnapshotIdentifier: base.name,
          DBInstanceIdentifier: instance.identifier,
        };
        await call('rds:RestoreDBInstanceFromDBSnapshot', region, (options) =>
          rds(region).send(new RestoreDBInstanceFromDBSnapshotCommand(input), options),
        );
        return;
      }
      const input = {
        ...common,
        ...sourceOf(base),
        TargetDBInstanceIdentifier: instance.identifier,
        RestoreTime: new Date(restoreTimeMs ?? base.latestMs),
      };
      await call('rds:RestoreDBInstanceToPointInTime', region, (options) =>
        rds(region).send(new RestoreDBInstanceToPointInTimeCommand(input), options),
      );
    },
  };
}

/**
 * Like the platform's own in all but who reaches it: functions of Holdfast only. Its key is that of its base, which is one
 * of its region: neither call takes another.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
 */
function inputOf({ instanceClass, subnetGroup, parameterGroup, securityGroup, tags }: NewInstance) {
  return {
    DBInstanceClass: instanceClass,
    DBSubnetGroupName: subnetGroup,
    DBParameterGroupName: parameterGroup,
    VpcSecurityGroupIds: [securityGroup],
    MultiAZ: false,
    PubliclyAccessible: false,
    DeletionProtection: true,
    AutoMinorVersionUpgrade: false,
    EnableIAMDatabaseAuthentication: true,
    CopyTagsToSnapshot: true,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

const sourceOf = ({ source }: Extract<Base, { kind: 'point-in-time' }>) =>
  'identifier' in source
    ? { SourceDBInstanceIdentifier: source.identifier }
    : { SourceDBInstanceAutomatedBackupsArn: source.backupArn };

/** The backups of an instance that lives are named by it; copies in another region, and those of one that is gone, by ARN. */
function pointInTime(region: string, one: DBInstanceAutomatedBackup): Base[] {
  const { RestoreWindow, DBInstanceIdentifier, DBInstanceAutomatedBackupsArn } = one;
  const [earliest, latest] = [RestoreWindow?.EarliestTime, RestoreWindow?.LatestTime];
  if (!earliest || !latest || DBInstanceIdentifier === undefined) return [];
  const origin = /^arn:[^:]+:rds:([^:]+):/.exec(one.DBInstanceArn ?? '')?.[1] ?? one.Region ?? region;
  const isHere = one.Status === 'active' && origin === region;
  const source = isHere
    ? { identifier: DBInstanceIdentifier }
    : { backupArn: DBInstanceAutomatedBackupsArn ?? '' };
  if (!isHere && DBInstanceAutomatedBackupsArn === undefined) return [];
  return [
    {
      kind: 'point-in-time',
      region,
      origin,
      source,
      earliestMs: earliest.getTime(),
      latestMs: latest.getTime(),
    },
  ];
}

function snapshotBase(region: string, one: DBSnapshot): Base[] {
  const taken = one.OriginalSnapshotCreateTime ?? one.SnapshotCreateTime;
  if (one.Status !== 'available' || !taken || one.DBSnapshotIdentifier === undefined) return [];
  const origin = one.SourceRegion ?? region;
  return [{ kind: 'snapshot', region, origin, name: one.DBSnapshotIdentifier, takenMs: taken.getTime() }];
}
