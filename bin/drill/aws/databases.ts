import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type DBInstance,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import { quarantineGroup } from '../../../lambda/region-agent/contract';
import { DRILL_TAG } from '../../../lambda/restore-drill/contract';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { databaseIdentifier, promotionDrillPrefix } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import type { DrillDatabases, Model, ThrowAway } from '../ports';
import { call } from './call';

/** A region lacks what a replica needs. */
export class NothingToBuildOn extends HoldfastError {}

/** Tag of everything of a platform. */
export const PLATFORM_TAG = 'holdfast:platform';

export function drillDatabases(clients: Clients, platform: Platform): DrillDatabases {
  const rds = clients((config) => new RDSClient(config));
  const ec2 = clients((config) => new EC2Client(config));
  const securityGroup = async (region: string): Promise<string> => {
    const name = quarantineGroup(platform.name);
    const Filters = [{ Name: 'group-name', Values: [name] }];
    const { SecurityGroups } = await call('ec2:DescribeSecurityGroups', region, (options) =>
      ec2(region).send(new DescribeSecurityGroupsCommand({ Filters }), options),
    );
    const [group, another] = (SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    if (group === undefined || another !== undefined)
      throw new NothingToBuildOn(`There must be one security group ${name} in ${region}.`);
    return group;
  };
  return {
    async model(region) {
      const identifier = databaseIdentifier(platform);
      const answer = await orAbsent(
        call('rds:DescribeDBInstances', region, (options) =>
          rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }), options),
        ),
        'DBInstanceNotFound',
        'DBInstanceNotFoundFault',
      );
      const model = modelIn(answer?.DBInstances?.[0], await securityGroup(region));
      if (model) return model;
      throw new NothingToBuildOn(
        `There is no database ${identifier} in ${region} whose class, parameters, subnets and key a replica could have; deploy the Data stack there first.`,
      );
    },
    async list(region, parameterGroup) {
      const found = await call('rds:DescribeDBInstances', region, (options) =>
        all(paginateDescribeDBInstances({ client: rds(region) }, {}, options), (page) => page.DBInstances),
      );
      return found.flatMap((one) => throwAwayIn(platform, parameterGroup, one));
    },
  };
}

function modelIn(found: DBInstance | undefined, securityGroup: string): Model | undefined {
  const parameterGroup = found?.DBParameterGroups?.[0]?.DBParameterGroupName;
  const subnetGroup = found?.DBSubnetGroup?.DBSubnetGroupName;
  const { DBInstanceClass: instanceClass, KmsKeyId: keyArn, AllocatedStorage: storageGib } = found ?? {};
  if (parameterGroup === undefined || subnetGroup === undefined) return undefined;
  if (instanceClass === undefined || keyArn === undefined || storageGib === undefined) return undefined;
  const multiAz = found?.MultiAZ ?? false;
  return { instanceClass, multiAz, storageGib, subnetGroup, parameterGroup, keyArn, securityGroup };
}

/** @returns the instance, if its name and its tags say that a drill of this platform has made it */
function throwAwayIn(platform: Platform, parameterGroup: string, one: DBInstance): readonly ThrowAway[] {
  const identifier = one.DBInstanceIdentifier ?? '';
  const tag = (key: string): string | undefined => one.TagList?.find(({ Key }) => Key === key)?.Value;
  const drill = tag(DRILL_TAG);
  const isOwn = identifier.startsWith(promotionDrillPrefix(platform)) && tag(PLATFORM_TAG) === platform.name;
  if (!isOwn || drill === undefined) return [];
  const group = one.DBParameterGroups?.find((found) => found.DBParameterGroupName === parameterGroup);
  return [
    {
      identifier,
      status: one.DBInstanceStatus ?? 'unknown',
      source: one.ReadReplicaSourceDBInstanceIdentifier || null,
      parameters: group ? (group.ParameterApplyStatus ?? 'unknown') : 'other-group',
      drill,
    },
  ];
}
