import {
  ElastiCacheClient,
  paginateDescribeCacheEngineVersions,
  paginateDescribeReservedCacheNodesOfferings,
} from '@aws-sdk/client-elasticache';
import {
  paginateDescribeDBEngineVersions,
  paginateDescribeOrderableDBInstanceOptions,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { CacheOffers, DatabaseOffers } from '../ports';
import { all, type Clients, call } from './call';

export function databaseOffers(clients: Clients): DatabaseOffers {
  const rds = clients((config) => new RDSClient(config));
  return {
    async versions(region, major) {
      const wanted = { Engine: 'postgres', DBParameterGroupFamily: `postgres${major}` };
      const found = await call('rds:DescribeDBEngineVersions', region, (options) =>
        all(
          paginateDescribeDBEngineVersions({ client: rds(region) }, wanted, options),
          (page) => page.DBEngineVersions,
        ),
      );
      return found.flatMap(({ EngineVersion }) => EngineVersion ?? []);
    },
    async options(region, EngineVersion, DBInstanceClass) {
      const wanted = { Engine: 'postgres', EngineVersion, DBInstanceClass, Vpc: true };
      const found = await call('rds:DescribeOrderableDBInstanceOptions', region, (options) =>
        all(
          paginateDescribeOrderableDBInstanceOptions({ client: rds(region) }, wanted, options),
          (page) => page.OrderableDBInstanceOptions,
        ),
      );
      return found.map((option) => ({
        zones: (option.AvailabilityZones ?? []).flatMap(({ Name }) => Name ?? []),
        canBeMultiAz: option.MultiAZCapable ?? false,
        storageType: option.StorageType ?? '',
      }));
    },
  };
}

export function cacheOffers(clients: Clients): CacheOffers {
  const elastiCache = clients((config) => new ElastiCacheClient(config));
  return {
    async versions(region) {
      const found = await call('elasticache:DescribeCacheEngineVersions', region, (options) =>
        all(
          paginateDescribeCacheEngineVersions({ client: elastiCache(region) }, { Engine: 'valkey' }, options),
          (page) => page.CacheEngineVersions,
        ),
      );
      return found.flatMap(({ EngineVersion }) => EngineVersion ?? []);
    },
    async hasReservations(region, CacheNodeType) {
      const found = await call('elasticache:DescribeReservedCacheNodesOfferings', region, (options) =>
        all(
          paginateDescribeReservedCacheNodesOfferings(
            { client: elastiCache(region) },
            { CacheNodeType },
            options,
          ),
          (page) => page.ReservedCacheNodesOfferings,
        ),
      );
      return found.length > 0;
    },
  };
}
