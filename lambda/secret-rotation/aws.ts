import {
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';
import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { HoldfastError, nameOf } from '../runtime/errors';
import type { Cache, DatabaseInstance, SecretStore } from './ports';
import { acceptsToken } from './valkey';

export function secretsManager(): SecretStore {
  const client = new SecretsManagerClient();
  return {
    async describe(SecretId) {
      const found = await client.send(new DescribeSecretCommand({ SecretId }));
      return {
        rotationEnabled: found.RotationEnabled === true,
        versions: found.VersionIdsToStages ?? {},
      };
    },
    async read(SecretId, VersionStage, VersionId) {
      try {
        const command = new GetSecretValueCommand({
          SecretId,
          VersionStage,
          ...(VersionId ? { VersionId } : {}),
        });
        return (await client.send(command)).SecretString;
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    async writePending(SecretId, ClientRequestToken, SecretString) {
      const VersionStages = ['AWSPENDING'];
      await client.send(
        new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }),
      );
    },
    async promote(SecretId, version, from) {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: version,
          RemoveFromVersionId: from,
        }),
      );
    },
  };
}

export function rdsInstance(identifier: string): DatabaseInstance {
  const client = new RDSClient();
  return {
    identifier,
    async setMasterPassword(password) {
      await client.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          MasterUserPassword: password,
          ApplyImmediately: true,
        }),
      );
    },
  };
}

/** The replication group has no primary endpoint to ask. */
export class NoPrimary extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`The cache ${identifier} has no primary endpoint.`);
  }
}

export function elastiCache(identifier: string): Cache {
  const client = new ElastiCacheClient();
  return {
    identifier,
    async state() {
      const command = new DescribeReplicationGroupsCommand({ ReplicationGroupId: identifier });
      const [group] = (await client.send(command)).ReplicationGroups ?? [];
      const endpoint = group?.ConfigurationEndpoint ?? group?.NodeGroups?.[0]?.PrimaryEndpoint;
      if (!endpoint?.Address || !endpoint.Port) throw new NoPrimary(identifier);
      return { status: group?.Status ?? 'unknown', address: endpoint.Address, port: endpoint.Port };
    },
    async rotateToken(token) {
      await client.send(
        new ModifyReplicationGroupCommand({
          ReplicationGroupId: identifier,
          AuthToken: token,
          AuthTokenUpdateStrategy: 'ROTATE',
          ApplyImmediately: true,
        }),
      );
    },
    accepts: ({ address, port }, token) => acceptsToken(address, port, token),
  };
}
