import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { nameOf } from '../runtime/errors';
import { postgres } from '../runtime/postgres/connect';
import { credentialOf, MalformedSecret, parseFields } from '../runtime/secret-fields';
import type { Instances, Login } from './ports';

/** Statements that replay or compare a large table take their time. */
const QUERY_MS = 14 * 60_000;

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

/** @param secret with the owner's credential */
export function ownerLogin(secret: string, port: number, database: string): Login {
  const client = new SecretsManagerClient();
  const credential = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    if (SecretString === undefined) throw new MalformedSecret(secret, 'it holds no text');
    return credentialOf(secret, parseFields(secret, SecretString));
  };
  return {
    password: async () => (await credential()).password,
    async connect(host) {
      const options = { name: 'holdfast-restore', queryMs: QUERY_MS } as const;
      return postgres({ host, port, database }, options).connect(await credential());
    },
  };
}
