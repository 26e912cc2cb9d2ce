import type { StubAnswer } from '../../../support/aws-stub';
import { xml, xmlError } from './support';

/** An instance as a test of the RDS protocol wants it. */
export interface PlayedInstance {
  readonly status?: string;
  readonly source?: string;
  readonly groups?: readonly string[];
  /** Name of its parameter group, and the state of that. */
  readonly parameters?: readonly [string, string];
  readonly retentionDays?: number;
}

/** Answers of RDS about instances and snapshots by their names; other actions succeed. */
export function playRds(
  instances: Readonly<Record<string, PlayedInstance>>,
  snapshots: Readonly<Record<string, string>> = {},
  refusals: Readonly<Record<string, StubAnswer>> = {},
): (_: unknown, parameters: URLSearchParams) => StubAnswer {
  return (_, parameters) => {
    const action = parameters.get('Action') ?? '';
    const refusal = refusals[action];
    if (refusal) return refusal;
    if (action === 'DescribeDBInstances') {
      const name = parameters.get('DBInstanceIdentifier') ?? '';
      const instance = instances[name];
      if (!instance) return xmlError('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
      return xml(action, `<DBInstances><DBInstance>${describe(name, instance)}</DBInstance></DBInstances>`);
    }
    if (action === 'DescribeDBSnapshots') {
      const status = snapshots[parameters.get('DBSnapshotIdentifier') ?? ''];
      if (status === undefined) return xmlError('DBSnapshotNotFound', 'DBSnapshot not found.', 404);
      return xml(action, `<DBSnapshots><DBSnapshot><Status>${status}</Status></DBSnapshot></DBSnapshots>`);
    }
    return xml(action, '');
  };
}

function describe(
  name: string,
  { status = 'available', source, groups = [], parameters, retentionDays = 0 }: PlayedInstance,
): string {
  const [group, state] = parameters ?? [];
  return [
    `<DBInstanceIdentifier>${name}</DBInstanceIdentifier><DBInstanceStatus>${status}</DBInstanceStatus>`,
    `<BackupRetentionPeriod>${retentionDays}</BackupRetentionPeriod>`,
    source === undefined
      ? ''
      : `<ReadReplicaSourceDBInstanceIdentifier>${source}</ReadReplicaSourceDBInstanceIdentifier>`,
    '<VpcSecurityGroups>',
    ...groups.map(
      (id) =>
        `<VpcSecurityGroupMembership><VpcSecurityGroupId>${id}</VpcSecurityGroupId></VpcSecurityGroupMembership>`,
    ),
    '</VpcSecurityGroups><DBParameterGroups>',
    group === undefined
      ? ''
      : `<DBParameterGroup><DBParameterGroupName>${group}</DBParameterGroupName><ParameterApplyStatus>${state}</ParameterApplyStatus></DBParameterGroup>`,
    '</DBParameterGroups>',
  ].join('');
}
