import { DescribeDBInstancesCommand, paginateDescribeDBParameters, RDSClient } from '@aws-sdk/client-rds';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import type { Databases } from '../ports';
import { call } from './call';

export function databases(clients: Clients): Databases {
  const rds = clients((config) => new RDSClient(config));
  return {
    async describe(region, DBInstanceIdentifier) {
      const answer = await orAbsent(
        call('rds:DescribeDBInstances', region, (options) =>
          rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }), options),
        ),
        'DBInstanceNotFound',
        'DBInstanceNotFoundFault',
      );
      const instance = answer?.DBInstances?.[0];
      if (!instance) return undefined;
      const [group] = instance.DBParameterGroups ?? [];
      return {
        status: instance.DBInstanceStatus ?? 'unknown',
        source: instance.ReadReplicaSourceDBInstanceIdentifier ?? null,
        engineVersion: instance.EngineVersion ?? '',
        parameterGroup: group?.DBParameterGroupName ?? '',
        parameterStatus: group?.ParameterApplyStatus ?? '',
      };
    },
    async parameters(region, DBParameterGroupName) {
      const wanted = { DBParameterGroupName, Source: 'user' };
      const found = await call('rds:DescribeDBParameters', region, (options) =>
        all(
          paginateDescribeDBParameters({ client: rds(region) }, wanted, options),
          (page) => page.Parameters,
        ),
      );
      return new Map(found.map((one) => [one.ParameterName ?? '', one.ParameterValue ?? '']));
    },
  };
}
