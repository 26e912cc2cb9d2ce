import {
  CreateReplicationGroupCommand,
  type CreateReplicationGroupCommandInput,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-elasticache';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { all, type Clients, orAbsent } from '../../checks/aws/call';
import type { CacheBackups } from '../cache/run';
import { call } from './call';

/** There is no cache in the region that a new one could be like. */
export class NoModel extends HoldfastError {}

/** @param secret with the token of the cache; @param field of it that has the token */
export function cacheBackups(clients: Clients, secret: string, field: string): CacheBackups {
  const cache = clients((config) => new ElastiCacheClient(config));
  const manager = clients((config) => new SecretsManagerClient(config));
  const describe = async (region: string, ReplicationGroupId: string) => {
    const answer = await orAbsent(
      call('elasticache:DescribeReplicationGroups', region, (options) =>
        cache(region).send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }), options),
      ),
      'ReplicationGroupNotFoundFault',
      'ReplicationGroupNotFound',
    );
    return answer?.ReplicationGroups?.[0];
  };
  const tokenOf = async (region: string): Promise<string> => {
    const { SecretString = '' } = await call('secretsmanager:GetSecretValue', region, (options) =>
      manager(region).send(new GetSecretValueCommand({ SecretId: secret }), options),
    );
    const fields: Readonly<Record<string, unknown>> = JSON.parse(SecretString);
    const token = fields[field];
    if (typeof token !== 'string') throw new NoModel(`The secret ${secret} holds no token.`);
    return token;
  };
  return {
    async snapshots(region, ReplicationGroupId) {
      const found = await call('elasticache:DescribeSnapshots', region, (options) =>
        all(
          paginateDescribeSnapshots({ client: cache(region) }, { ReplicationGroupId }, options),
          (page) => page.Snapshots,
        ),
      );
      return found.flatMap(({ SnapshotName, SnapshotStatus, NodeSnapshots }) => {
        const taken = NodeSnapshots?.[0]?.SnapshotCreateTime;
        const isReady = SnapshotStatus === 'available' && SnapshotName !== undefined && taken !== undefined;
        return isReady ? [{ name: SnapshotName, takenMs: taken.getTime() }] : [];
      });
    },
    status: async (region, group) => (await describe(region, group))?.Status,
    async restore(region, group, SnapshotName, model) {
      const own = await describe(region, model);
      const [member] = own?.MemberClusters ?? [];
      if (!own || member === undefined) throw new NoModel(`There is no cache ${model} in ${region}.`);
      const { CacheClusters } = await call('elasticache:DescribeCacheClusters', region, (options) =>
        cache(region).send(new DescribeCacheClustersCommand({ CacheClusterId: member }), options),
      );
      const node = CacheClusters?.[0];
      const input: CreateReplicationGroupCommandInput = {
        ReplicationGroupId: group,
        ReplicationGroupDescription: `Restored from ${SnapshotName}`,
        SnapshotName,
        Engine: node?.Engine,
        EngineVersion: node?.EngineVersion,
        CacheNodeType: own.CacheNodeType,
        NumCacheClusters: own.MemberClusters?.length,
        AutomaticFailoverEnabled: own.AutomaticFailover === 'enabled',
        MultiAZEnabled: own.MultiAZ === 'enabled',
        CacheParameterGroupName: node?.CacheParameterGroup?.CacheParameterGroupName,
        CacheSubnetGroupName: node?.CacheSubnetGroupName,
        SecurityGroupIds: (node?.SecurityGroups ?? []).flatMap(
          ({ SecurityGroupId }) => SecurityGroupId ?? [],
        ),
        AtRestEncryptionEnabled: true,
        KmsKeyId: own.KmsKeyId,
        TransitEncryptionEnabled: true,
        AuthToken: await tokenOf(region),
      };
      await call('elasticache:CreateReplicationGroup', region, (options) =>
        cache(region).send(new CreateReplicationGroupCommand(input), options),
      );
    },
  };
}
