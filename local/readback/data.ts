import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import {
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { GetBucketPolicyCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { json, pages, present, type Region, regionAt, rest } from './aws';
import { brokers } from './facts-queues';
import { each, type Lookup } from './lookup';

const rds = (region: Region): RDSClient => new RDSClient(region.config);
const cache = (region: Region): ElastiCacheClient => new ElastiCacheClient(region.config);
const secrets = (region: Region): SecretsManagerClient => new SecretsManagerClient(region.config);
const s3 = (region: Region): S3Client => new S3Client({ ...region.config, forcePathStyle: true });

const EFS = 'elasticfilesystem';
/** Version of its interface, in each path. */
const EFS_ROOT = '/2015-02-01';

/** Every replica must answer in its own region with the others in its list. */
const globalTable = each(async (region, { physicalId, definition }) => {
  const replicas = (definition.Properties?.Replicas ?? []) as readonly { readonly Region: string }[];
  for (const { Region: name } of replicas) {
    const there = new DynamoDBClient(regionAt(region.endpoint, region.account, name).config);
    const { Table } = await there.send(new DescribeTableCommand({ TableName: physicalId }));
    if (Table?.TableStatus !== 'ACTIVE' || Table.Replicas?.length !== replicas.length - 1) return false;
  }
  return replicas.length > 0;
});

interface Vault {
  readonly BackupVaultName: string;
  readonly Locked?: boolean;
}
interface Plans {
  readonly BackupPlansList: readonly { readonly BackupPlanId: string }[];
}

interface FileSystems {
  readonly FileSystems: readonly { readonly FileSystemId: string; readonly Encrypted: boolean }[];
}
interface MountTargets {
  readonly MountTargets: readonly { readonly MountTargetId: string }[];
}
interface AccessPoints {
  readonly AccessPoints: readonly { readonly AccessPointId: string }[];
}

interface Keys {
  readonly Keys: readonly { readonly KeyId: string }[];
  readonly NextMarker?: string;
}
interface Aliases {
  readonly Aliases: readonly { readonly AliasName: string }[];
  readonly NextMarker?: string;
}

export const DATA: Readonly<Record<string, Lookup>> = {
  'AWS::KMS::Key': async (region) => {
    const found = await pages(
      (Marker) => json<Keys>(region, 'kms', 'TrentService.ListKeys', { Marker }),
      (page) => page.Keys,
      (page) => page.NextMarker,
    );
    return found.map((one) => one.KeyId);
  },
  'AWS::KMS::Alias': async (region) => {
    const found = await pages(
      (Marker) => json<Aliases>(region, 'kms', 'TrentService.ListAliases', { Marker }),
      (page) => page.Aliases,
      (page) => page.NextMarker,
    );
    return found.map((one) => one.AliasName);
  },
  'AWS::S3::Bucket': async (region) =>
    present((await s3(region).send(new ListBucketsCommand())).Buckets?.map((one) => one.Name) ?? []),
  'AWS::S3::BucketPolicy': each(async (region, { physicalId }) => {
    const { Policy } = await s3(region).send(new GetBucketPolicyCommand({ Bucket: physicalId }));
    return Policy !== undefined;
  }),
  // A vault without the lock that its template asks for counts as missing.
  'AWS::Backup::BackupVault': each(async (region, { physicalId, definition }) => {
    const vault = await rest<Vault>(region, 'backup', `/backup-vaults/${physicalId}`);
    return vault.Locked === true || definition.Properties?.LockConfiguration === undefined;
  }),
  'AWS::Backup::BackupPlan': async (region) => {
    const { BackupPlansList } = await rest<Plans>(region, 'backup', '/backup/plans/');
    return BackupPlansList.map(({ BackupPlanId }) => BackupPlanId);
  },
  // One that is not encrypted as its template asks counts as missing.
  'AWS::EFS::FileSystem': each(async (region, { physicalId }) => {
    const { FileSystems } = await rest<FileSystems>(
      region,
      EFS,
      `${EFS_ROOT}/file-systems?FileSystemId=${physicalId}`,
    );
    return FileSystems[0]?.Encrypted === true;
  }),
  'AWS::EFS::MountTarget': each(async (region, { physicalId }) => {
    const path = `${EFS_ROOT}/mount-targets?MountTargetId=${physicalId}`;
    return (await rest<MountTargets>(region, EFS, path)).MountTargets.length === 1;
  }),
  'AWS::EFS::AccessPoint': async (region) => {
    const { AccessPoints } = await rest<AccessPoints>(region, EFS, `${EFS_ROOT}/access-points`);
    return AccessPoints.map(({ AccessPointId }) => AccessPointId);
  },
  'AWS::ECR::Repository': async (region) => {
    const found = await new ECRClient(region.config).send(new DescribeRepositoriesCommand());
    return present(found.repositories?.map((one) => one.repositoryName) ?? []);
  },
  'AWS::SecretsManager::Secret': async (region) => {
    const client = secrets(region);
    const found = await pages(
      (NextToken) => client.send(new ListSecretsCommand({ NextToken })),
      (page) => page.SecretList,
      (page) => page.NextToken,
    );
    return present(found.map((one) => one.ARN));
  },
  'AWS::SecretsManager::ResourcePolicy': each(async (region, { physicalId }) => {
    const found = await secrets(region).send(new GetResourcePolicyCommand({ SecretId: physicalId }));
    return found.ResourcePolicy !== undefined;
  }),
  'AWS::SecretsManager::RotationSchedule': each(async (region, { physicalId }) => {
    const found = await secrets(region).send(new DescribeSecretCommand({ SecretId: physicalId }));
    return found.RotationEnabled === true && found.RotationLambdaARN !== undefined;
  }),
  'AWS::RDS::DBInstance': async (region) => {
    const found = await rds(region).send(new DescribeDBInstancesCommand());
    return present(found.DBInstances?.map((one) => one.DBInstanceIdentifier) ?? []);
  },
  'AWS::RDS::DBParameterGroup': async (region) => {
    const found = await rds(region).send(new DescribeDBParameterGroupsCommand());
    return present(found.DBParameterGroups?.map((one) => one.DBParameterGroupName) ?? []);
  },
  'AWS::RDS::DBSubnetGroup': async (region) => {
    const found = await rds(region).send(new DescribeDBSubnetGroupsCommand());
    return present(found.DBSubnetGroups?.map((one) => one.DBSubnetGroupName) ?? []);
  },
  'AWS::AmazonMQ::Broker': async (region) => (await brokers(region)).map(({ brokerId }) => brokerId),
  'AWS::ElastiCache::ReplicationGroup': async (region) => {
    const found = await cache(region).send(new DescribeReplicationGroupsCommand());
    return present(found.ReplicationGroups?.map((one) => one.ReplicationGroupId) ?? []);
  },
  'AWS::ElastiCache::SubnetGroup': async (region) => {
    const found = await cache(region).send(new DescribeCacheSubnetGroupsCommand());
    return present(found.CacheSubnetGroups?.map((one) => one.CacheSubnetGroupName) ?? []);
  },
  'AWS::DynamoDB::GlobalTable': globalTable,
};
