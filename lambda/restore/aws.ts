import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { nameOf } from '../runtime/errors';
import type { Instances } from './ports';

export function rdsInstances(): Instances {
  const client = new RDSClient();
  return {
    async find(DBInstanceIdentifier) {
      try {
        const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
        const found = DBInstances?.[0];
        return (
          found && {
            identifier: DBInstanceIdentifier,
            status: found.DBInstanceStatus ?? 'unknown',
            host: found.Endpoint?.Address,
          }
        );
      } catch (error) {
        if (/^DBInstanceNotFound(Fault)?$/.test(nameOf(error))) return undefined;
        throw error;
      }
    },
    async setPassword(DBInstanceIdentifier, MasterUserPassword) {
      const changed = { DBInstanceIdentifier, MasterUserPassword, ApplyImmediately: true };
      await client.send(new ModifyDBInstanceCommand(changed));
    },
  };
}
