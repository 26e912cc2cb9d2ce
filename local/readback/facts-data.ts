import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Region } from './aws';
import { type Fact, type Facts, ofType, withoutArn } from './fact';

export const databases: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::RDS::DBInstance')) {
    const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: physicalId });
    const db = (await new RDSClient(region.config).send(command)).DBInstances?.[0];
    facts.push({
      region: region.name,
      database: physicalId,
      status: db?.DBInstanceStatus ?? 'missing',
      engine: `${db?.Engine} ${db?.EngineVersion}`,
      class: db?.DBInstanceClass ?? '',
      multiAz: db?.MultiAZ ?? false,
      backups: `${db?.BackupRetentionPeriod ?? 0} d`,
      replicaOf: withoutArn(db?.ReadReplicaSourceDBInstanceIdentifier ?? '-'),
    });
  }
  return facts;
};

export const caches: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::ElastiCache::ReplicationGroup')) {
    const command = new DescribeReplicationGroupsCommand({ ReplicationGroupId: physicalId });
    const group = (await new ElastiCacheClient(region.config).send(command)).ReplicationGroups?.[0];
    facts.push({
      region: region.name,
      cache: physicalId,
      status: group?.Status ?? 'missing',
      nodes: group?.MemberClusters?.length ?? 0,
      class: group?.CacheNodeType ?? '',
      failover: group?.AutomaticFailover === 'enabled',
      multiAz: group?.MultiAZ === 'enabled',
    });
  }
  return facts;
};

export const tables: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::DynamoDB::GlobalTable')) {
    const command = new DescribeTableCommand({ TableName: physicalId });
    const { Table } = await new DynamoDBClient(region.config).send(command);
    const others = Table?.Replicas?.map((one) => one.RegionName ?? '') ?? [];
    for (const name of [region.name, ...others]) {
      const there = new DynamoDBClient({ ...region.config, region: name });
      const { Items } = await there.send(new ScanCommand({ TableName: physicalId, ConsistentRead: true }));
      const record = Items?.find((item) => item.epoch ?? item.holder);
      facts.push({
        region: name,
        table: physicalId,
        consistency: Table?.MultiRegionConsistency ?? '',
        items: Items?.length ?? 0,
        record: record ? recordSentence(record) : 'none',
      });
    }
  }
  return facts;
};

type Attribute = Readonly<Record<string, unknown>>;
const scalar = (value: Attribute | undefined): string => String(value?.S ?? value?.N ?? value?.BOOL ?? '?');
const recordSentence = (record: Readonly<Record<string, unknown>>): string =>
  ['state', 'holder', 'epoch', 'version']
    .filter((name) => name in record)
    .map((name) => `${name} ${scalar(record[name] as Attribute)}`)
    .join(', ');

export const buckets: Facts = async (region, resources) => {
  const client = new S3Client({ ...region.config, forcePathStyle: true });
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::S3::Bucket')) {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: physicalId }));
    facts.push({
      region: region.name,
      bucket: physicalId,
      versioning: Status ?? 'off',
      lock: await lock(client, physicalId),
      replicatesTo: await replication(client, physicalId),
    });
  }
  return facts;
};

/** Mode and days of the retention that every new object gets. */
async function lock(client: S3Client, Bucket: string): Promise<string> {
  try {
    const found = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const retention = found.ObjectLockConfiguration?.Rule?.DefaultRetention;
    return retention ? `${retention.Days} d, ${retention.Mode}` : '-';
  } catch (error) {
    if ((error as Error).name === 'ObjectLockConfigurationNotFoundError') return '-';
    throw error;
  }
}

async function replication(client: S3Client, Bucket: string): Promise<string> {
  try {
    const found = await client.send(new GetBucketReplicationCommand({ Bucket }));
    const targets = found.ReplicationConfiguration?.Rules?.map((rule) =>
      rule.Destination?.Bucket?.split(':').at(-1),
    );
    return targets?.join(', ') ?? '-';
  } catch (error) {
    if ((error as Error).name === 'ReplicationConfigurationNotFoundError') return '-';
    throw error;
  }
}

export const secrets: Facts = async (region: Region, resources) => {
  const client = new SecretsManagerClient(region.config);
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::SecretsManager::Secret')) {
    const secret = await client.send(new DescribeSecretCommand({ SecretId: physicalId }));
    facts.push({
      region: region.name,
      secret: secret.Name ?? '',
      replicas: secret.ReplicationStatus?.map((one) => one.Region).join(', ') || '-',
      rotation: secret.RotationEnabled
        ? `every ${secret.RotationRules?.AutomaticallyAfterDays} d, ${secret.RotationLambdaARN?.split(':').at(-1)}`
        : '-',
    });
  }
  return facts;
};
