import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { caller, clients } from '../../checks/aws/call';

const CALL_MS = 15_000;
const call = caller<'rds:DescribeDBInstances' | 'secretsmanager:GetSecretValue'>(CALL_MS);

/** There is no such thing, or it has no value yet. */
export class Absent extends HoldfastError {}

/** What an import asks AWS for. */
export interface Aws {
  /** @returns the text of a secret. @throws {Absent} */
  secret(region: string, name: string): Promise<string>;
  /** @returns the name and the port of a database. @throws {Absent} */
  endpoint(region: string, identifier: string): Promise<{ readonly host: string; readonly port: number }>;
}

export function aws(): Aws {
  const shared = clients();
  const rds = shared((config) => new RDSClient(config));
  const manager = shared((config) => new SecretsManagerClient(config));
  return {
    async secret(region, SecretId) {
      const { SecretString } = await call('secretsmanager:GetSecretValue', region, (options) =>
        manager(region).send(new GetSecretValueCommand({ SecretId }), options),
      );
      if (SecretString === undefined) throw new Absent(`The secret ${SecretId} in ${region} holds no text.`);
      return SecretString;
    },
    async endpoint(region, DBInstanceIdentifier) {
      const { DBInstances } = await call('rds:DescribeDBInstances', region, (options) =>
        rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }), options),
      );
      const { Address: host, Port: port } = DBInstances?.[0]?.Endpoint ?? {};
      if (host === undefined || port === undefined) {
        throw new Absent(`The database ${DBInstanceIdentifier} in ${region} has no endpoint yet.`);
      }
      return { host, port };
    },
  };
}
