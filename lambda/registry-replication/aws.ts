import { DescribeRegistryCommand, ECRClient, PutReplicationConfigurationCommand } from '@aws-sdk/client-ecr';
import type { Registry } from './ports';

export function ecrRegistry(): Registry {
  const client = new ECRClient();
  return {
    async rules() {
      const { replicationConfiguration } = await client.send(new DescribeRegistryCommand({}));
      return (replicationConfiguration?.rules ?? []).map(({ destinations, repositoryFilters }) => ({
        destinations: (destinations ?? []).map(({ region, registryId }) => ({
          region: region ?? '',
          registryId: registryId ?? '',
        })),
        repositoryFilters: (repositoryFilters ?? []).map(({ filter }) => ({
          filter: filter ?? '',
          filterType: 'PREFIX_MATCH',
        })),
      }));
    },
    async replace(rules) {
      const configuration = {
        rules: rules.map(({ destinations, repositoryFilters }) => ({
          destinations: [...destinations],
          // No filter is said by leaving it out.
          ...(repositoryFilters.length > 0 ? { repositoryFilters: [...repositoryFilters] } : {}),
        })),
      };
      await client.send(new PutReplicationConfigurationCommand({ replicationConfiguration: configuration }));
    },
  };
}
