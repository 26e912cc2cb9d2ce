import {
  DescribeServicesCommand,
  ECSClient,
  type Service as EcsService,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
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
import { nameOfSecret } from '../runtime/secret-fields';
import { READS_TAG } from './contract';
import type { Cache, Cluster, Copies, DatabaseInstance, ReadingService, SecretStore } from './ports';
import { secretsInTag } from './readers';
import { acceptsToken } from './valkey';

export function secretsManager(): SecretStore {
  const client = new SecretsManagerClient();
  return {
    async describe(SecretId) {
      const found = await client.send(new DescribeSecretCommand({ SecretId }));
      return {
        // Absent while Secrets Manager tries the function out, during the call that turns the rotation on.
        rotationEnabled: found.RotationEnabled !== false,
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

/**
 * The region that holds the secret knows how the copying goes, but says for a moment after a change that all is in
 * sync; only the copy itself knows its versions.
 */
export function replicatedCopies(): Copies {
  const here = new SecretsManagerClient();
  return {
    async state(SecretId, version, region, abortSignal) {
      const found = await here.send(new DescribeSecretCommand({ SecretId }), { abortSignal });
      const copy = found.ReplicationStatus?.find(({ Region }) => Region === region);
      if (!copy) return 'the secret has no copy there';
      if (copy.Status !== 'InSync') return [copy.Status, copy.StatusMessage].filter(Boolean).join(': ');
      const there = new SecretsManagerClient({ region });
      const command = new DescribeSecretCommand({ SecretId: nameOfSecret(SecretId) });
      const { VersionIdsToStages: versions } = await there.send(command, { abortSignal });
      return versions?.[version]?.includes('AWSCURRENT') ? 'arrived' : 'it still holds the value before';
    },
  };
}

/** ECS describes so many services at once. */
const DESCRIBED_MAX = 10;

export function ecsCluster(name: string, region: string): Cluster {
  const client = new ECSClient({ region });
  const arns = async (abortSignal: AbortSignal): Promise<string[]> => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListServicesCommand({ cluster: name, maxResults: 100, nextToken });
      const page = await client.send(command, { abortSignal });
      found.push(...(page.serviceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  };
  return {
    name,
    async services(abortSignal) {
      try {
        const all = await arns(abortSignal);
        const found: ReadingService[] = [];
        for (let first = 0; first < all.length; first += DESCRIBED_MAX) {
          const services = all.slice(first, first + DESCRIBED_MAX);
          const command = new DescribeServicesCommand({ cluster: name, services, include: ['TAGS'] });
          const answer = await client.send(command, { abortSignal });
          found.push(...(answer.services ?? []).filter(isActive).map(toReading));
        }
        return found;
      } catch (error) {
        if (nameOf(error) === 'ClusterNotFoundException') return [];
        throw error;
      }
    },
    async restart(service, abortSignal) {
      const command = new UpdateServiceCommand({ cluster: name, service, forceNewDeployment: true });
      await client.send(command, { abortSignal });
    },
  };
}

/** A service that was deleted stays visible for a while. */
const isActive = ({ status }: EcsService): boolean => status === 'ACTIVE';
const toReading = ({ serviceName, desiredCount, tags }: EcsService): ReadingService => ({
  name: serviceName ?? '',
  desired: desiredCount ?? 0,
  secrets: secretsInTag(tags?.find(({ key }) => key === READS_TAG)?.value),
});

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
