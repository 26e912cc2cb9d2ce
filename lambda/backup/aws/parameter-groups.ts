import {
  DescribeCacheClustersCommand,
  DescribeCacheParametersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { DescribeDBInstancesCommand, DescribeDBParametersCommand, RDSClient } from '@aws-sdk/client-rds';
import type { ParameterGroupEntry } from '../configuration/manifest';
import type { Inventory } from '../ports';
import { absentIs, allPages, type Send, THREE_ATTEMPTS } from './request';

/** The parameters that the platform sets at RDS and ElastiCache of one region. */
export function parameterGroups(region: string, send: Send): Inventory['parameterGroups'] {
  const rds = new RDSClient({ region, ...THREE_ATTEMPTS });
  const cache = new ElastiCacheClient({ region, ...THREE_ATTEMPTS });
  return async (names) => {
    const found = await Promise.all([
      names.database === undefined ? undefined : ofDatabase(rds, names.database, send),
      names.cache === undefined ? undefined : ofCache(cache, names.cache, send),
    ]);
    return found.flatMap((entry) => entry ?? []);
  };
}

async function ofDatabase(
  client: RDSClient,
  identifier: string,
  send: Send,
): Promise<ParameterGroupEntry | undefined> {
  const answer = await absentIs(['DBInstanceNotFound'], () =>
    send(`Describing the database ${identifier}`, (abortSignal) =>
      client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }), { abortSignal }),
    ),
  );
  const name = answer?.DBInstances?.[0]?.DBParameterGroups?.[0]?.DBParameterGroupName;
  if (name === undefined) return undefined;
  const found = await allPages(async (Marker) => {
    const command = new DescribeDBParametersCommand({ DBParameterGroupName: name, Source: 'user', Marker });
    const page = await send(`Reading the parameters ${name}`, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return { items: page.Parameters ?? [], next: page.Marker };
  });
  return { kind: 'database', name, parameters: parametersOf(found) };
}

async function ofCache(
  client: ElastiCacheClient,
  identifier: string,
  send: Send,
): Promise<ParameterGroupEntry | undefined> {
  const group = await absentIs(['ReplicationGroupNotFound'], () =>
    send(`Describing the cache ${identifier}`, (abortSignal) =>
      client.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: identifier }), { abortSignal }),
    ),
  );
  const node = group?.ReplicationGroups?.[0]?.MemberClusters?.[0];
  if (node === undefined) return undefined;
  const described = await absentIs(['CacheClusterNotFound'], () =>
    send(`Describing the cache node ${node}`, (abortSignal) =>
      client.send(new DescribeCacheClustersCommand({ CacheClusterId: node }), { abortSignal }),
    ),
  );
  const name = described?.CacheClusters?.[0]?.CacheParameterGroup?.CacheParameterGroupName;
  if (name === undefined) return undefined;
  const found = await allPages(async (Marker) => {
    const command = new DescribeCacheParametersCommand({
      CacheParameterGroupName: name,
      Source: 'user',
      Marker,
    });
    const page = await send(`Reading the parameters ${name}`, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return { items: page.Parameters ?? [], next: page.Marker };
  });
  return { kind: 'cache', name, parameters: parametersOf(found) };
}

interface Parameter {
  readonly ParameterName?: string | undefined;
  readonly ParameterValue?: string | undefined;
}

const parametersOf = (found: readonly Parameter[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    found.flatMap(({ ParameterName: name, ParameterValue: value }) =>
      name !== undefined && value !== undefined ? [[name, value]] : [],
    ),
  );
