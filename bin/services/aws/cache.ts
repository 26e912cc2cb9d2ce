import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { type Clients, orAbsent } from '../../checks/aws/call';
import type { Caches } from '../ports';
import { call } from './call';

export function caches(clients: Clients): Caches {
  const cache = clients((config) => new ElastiCacheClient(config));
  return {
    async status(region, ReplicationGroupId) {
      const answer = await orAbsent(
        call('elasticache:DescribeReplicationGroups', region, (options) =>
          cache(region).send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }), options),
        ),
        'ReplicationGroupNotFoundFault',
        'ReplicationGroupNotFound',
      );
      return answer?.ReplicationGroups?.[0]?.Status;
    },
  };
}
