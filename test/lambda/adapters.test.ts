import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateHealthCheckCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { s3Buckets } from '../../lambda/bucket-replication/aws';
import { BucketGone } from '../../lambda/bucket-replication/ports';
import { replication as bucketReplication } from '../../lambda/bucket-replication/replicate';
import { route53Checks } from '../../lambda/health-check-gate/aws';
import { answerOf } from '../../lambda/health-check-gate/settled';
import { describedSecrets, ecrImages, ecsServices } from '../../lambda/image-gate/aws';
import { dynamoTable } from '../../lambda/leader/aws';
import { createRecord } from '../../lambda/leader/create';
import { toItem } from '../../lambda/leader/item';
import { ConditionRefused } from '../../lambda/leader/ports';
import { LeadershipUnreachable, readRecord } from '../../lambda/leader/read';
import { firstRecord } from '../../lambda/leader/record';
import { replaceRecord } from '../../lambda/leader/replace';
import { frozen, renewed } from '../../lambda/leader/steps';
import { tableReader } from '../../lambda/leadership-endpoint/aws';
import { ecrRegistry } from '../../lambda/registry-replication/aws';
import { replication as registryReplication } from '../../lambda/registry-replication/replicate';
import { ownRule } from '../../lambda/registry-replication/rules';
import { systemClock } from '../../lambda/runtime/clock';
import { useLocalAws } from '../support/local-aws';
import { resourceHost } from '../support/resource-host';

/** The functions' adapters against the local AWS API: the calls are the real SDK's, over HTTP. */
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
useLocalAws(REGION);

describe('the leadership table', () => {
  const never = new AbortController().signal;
  const record = firstRecord(REGION, 60, 5);

  beforeAll(async () => {
    await new DynamoDBClient().send(
      new CreateTableCommand({
        TableName: 'shop-leadership',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
  });

  it('has no record at first, takes one, and refuses the second', async () => {
    const table = dynamoTable('shop-leadership', REGION);
    await expect(readRecord([table], systemClock)).resolves.toBeUndefined();
    const first = await createRecord([table], record, 'nonce-1', systemClock);
    expect(first).toEqual({ created: true, record });
    const second = await createRecord([table], firstRecord('us-west-2', 25, 5), 'nonce-2', systemClock);
    expect(second).toEqual({ created: false, record });
    await expect(table.create(toItem(record, 'nonce-3'), never)).rejects.toThrow(ConditionRefused);
  });

  it('is read by the endpoint from the next region when its own has no table', async () => {
    const reader = tableReader('shop-leadership', [REGION, 'eu-west-1'], 'eu-west-1', systemClock);
    await expect(reader.read()).resolves.toEqual(record);
    const nowhere = tableReader('shop-leadership', ['eu-west-1'], 'eu-west-1', systemClock);
    await expect(nowhere.read()).rejects.toThrow(LeadershipUnreachable);
    await expect(nowhere.read()).rejects.toThrow('eu-west-1: ResourceNotFoundException');
  });

  it('is replaced by version, and by one of two writers only', async () => {
    const table = dynamoTable('shop-leadership', REGION);
    const next = renewed(record, { databaseTime: '2026-01-01T00:00:00.000Z', walLsn: '0/16B3748' });
    const first = await replaceRecord([table], record, next, 'nonce-4', systemClock);
    expect(first).toEqual({ written: true, record: next });
    const second = await replaceRecord([table], record, frozen(record, true), 'nonce-5', systemClock);
    expect(second).toEqual({ written: false, record: next });
    await expect(readRecord([table], systemClock)).resolves.toEqual(next);
  });

  it('is not read after its attempt was ended', async () => {
    const ended = AbortSignal.abort();
    await expect(dynamoTable('shop-leadership', REGION).read(ended)).rejects.toThrow('abort');
  });

  it('gives a malformed record to nobody', async () => {
    const client = new DynamoDBClient();
    const key = { AttributeName: 'pk' } as const;
    await client.send(
      new CreateTableCommand({
        TableName: 'bad-leadership',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ ...key, KeyType: 'HASH' }],
        AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
      }),
    );
    const item = { pk: { S: 'leadership' }, epoch: { N: '-1' } };
    await client.send(new PutItemCommand({ TableName: 'bad-leadership', Item: item }));
    const reading = readRecord([dynamoTable('bad-leadership', REGION)], systemClock);
    await expect(reading).rejects.toThrow('epoch must be a whole number of at least 1');
  });
});

describe('the health checks', () => {
  it('are asked for what each checker says, and for the newest value of their metric', async () => {
    const { HealthCheck: check } = await new Route53Client().send(
      new CreateHealthCheckCommand({
        CallerReference: 'one',
        HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'leader.example', Port: 443 },
      }),
    );
    const checks = route53Checks(systemClock);
    const seen = await checks.observations(check?.Id ?? '');
    expect(seen.map(({ region, status }) => [region, answerOf(status)])).toEqual([['us-east-1', 'yes']]);
    await expect(checks.metric('or')).resolves.toBeUndefined();
    const put = (minutesAgo: number, Value: number) =>
      new CloudWatchClient().send(
        new PutMetricDataCommand({
          Namespace: 'AWS/Route53',
          MetricData: [
            {
              MetricName: 'HealthCheckStatus',
              Dimensions: [{ Name: 'HealthCheckId', Value: 'or' }],
              Timestamp: new Date(Date.now() - minutesAgo * 60_000),
              Value,
            },
          ],
        }),
      );
    await put(30, 1);
    await expect(checks.metric('or')).resolves.toBeUndefined();
    await put(3, 1);
    await expect(checks.metric('or')).resolves.toBe(true);
    await put(1, 0);
    await expect(checks.metric('or')).resolves.toBe(false);
  });
});

describe('the replication of buckets', () => {
  const direction = {
    bucket: 'shop-files-here',
    destination: 'shop-files-there',
    destinationRegion: 'us-west-2',
    role: `arn:aws:iam::${ACCOUNT}:role/shop-s3-replication`,
    replicaKey: `arn:aws:kms:us-west-2:${ACCOUNT}:alias/shop-data`,
  };
  const buckets = s3Buckets(true);
  const make = async (Bucket: string, region: string): Promise<void> => {
    const client = new S3Client({ region, forcePathStyle: true });
    const place = { CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } } as const;
    await client.send(new CreateBucketCommand({ Bucket, ...(region === REGION ? {} : place) }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  };

  it('sees which of both buckets are there', async () => {
    await expect(buckets.destination(direction).versioning()).resolves.toBe('no-bucket');
    await expect(buckets.source(direction).read()).rejects.toThrow(BucketGone);
    await make(direction.bucket, REGION);
    await make(direction.destination, 'us-west-2');
    await expect(buckets.destination(direction).versioning()).resolves.toBe('on');
    await expect(buckets.source(direction).read()).resolves.toBeUndefined();
  });

  it('is put, found again as it was put, and taken away', async () => {
    const resource = bucketReplication(buckets);
    const host = resourceHost();
    await expect(resource.create(direction, host)).resolves.toMatchObject({
      sentence: 'shop-files-here now replicates to shop-files-there.',
    });
    const found = await buckets.source(direction).read();
    expect(found?.role).toBe(direction.role);
    expect(found?.rules).toHaveLength(1);
    expect(found?.rules[0]).toMatchObject({
      ID: 'holdfast-shop-files-there',
      Priority: 1,
      Destination: { Bucket: 'arn:aws:s3:::shop-files-there' },
    });
    await resource.delete(direction, host);
    await expect(buckets.source(direction).read()).resolves.toBeUndefined();
  });
});

describe('the replication of the registry', () => {
  it('is put, found and taken away', async () => {
    const registry = ecrRegistry();
    const host = resourceHost();
    const resource = registryReplication(registry, () => 0);
    const properties = { prefix: 'shop/', region: 'us-west-2', account: ACCOUNT };
    await expect(registry.rules()).resolves.toEqual([]);
    await host.clock.run(resource.create(properties, host));
    const own = ownRule('shop/', { region: 'us-west-2', registryId: ACCOUNT });
    await expect(registry.rules()).resolves.toEqual([own]);
    await host.clock.run(resource.delete(properties, host));
    await expect(registry.rules()).resolves.toEqual([]);
  });
});

describe('images and services', () => {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
  });

  it('finds an image by its tag and by its digest, and none where there is no repository', async () => {
    const images = ecrImages();
    await expect(images.exists('shop/backend', { tag: 'v1' })).resolves.toBe(false);
    const client = new ECRClient();
    await client.send(new CreateRepositoryCommand({ repositoryName: 'shop/backend' }));
    await expect(images.exists('shop/backend', { tag: 'v1' })).resolves.toBe(false);
    const put = new PutImageCommand({
      repositoryName: 'shop/backend',
      imageTag: 'v1',
      imageManifest: manifest,
    });
    const digest = (await client.send(put)).image?.imageId?.imageDigest ?? '';
    await expect(images.exists('shop/backend', { tag: 'v1' })).resolves.toBe(true);
    await expect(images.exists('shop/backend', { digest })).resolves.toBe(true);
    await expect(images.exists('shop/backend', { tag: 'v2' })).resolves.toBe(false);
  });

  it('knows of a secret whether it has a value, and of a login whether a person gave it one', async () => {
    const secrets = describedSecrets();
    const client = new SecretsManagerClient();
    const put = (SecretId: string) =>
      client.send(
        new PutSecretValueCommand({ SecretId, SecretString: '{"username":"a","accessToken":"b"}' }),
      );
    await expect(secrets.hasValue('shop/pager')).resolves.toBe(false);
    await client.send(new CreateSecretCommand({ Name: 'shop/pager' }));
    await expect(secrets.hasValue('shop/pager')).resolves.toBe(false);
    await put('shop/pager');
    await expect(secrets.hasValue('shop/pager')).resolves.toBe(true);

    const login = 'ecr-pullthroughcache/shop-ghcr-io';
    await expect(secrets.wasSet(login)).resolves.toBe(false);
    const generated = '{"username":"","accessToken":"generated"}';
    await client.send(new CreateSecretCommand({ Name: login, SecretString: generated }));
    await expect(secrets.hasValue(login)).resolves.toBe(true);
    await expect(secrets.wasSet(login)).resolves.toBe(false);
    await put(login);
    await expect(secrets.wasSet(login)).resolves.toBe(true);

    await client.send(new DeleteSecretCommand({ SecretId: 'shop/pager', RecoveryWindowInDays: 7 }));
    await expect(secrets.hasValue('shop/pager')).resolves.toBe(false);
  });

  it('reads and sets the number of a service and its limits', async () => {
    const services = ecsServices();
    await expect(services.desiredCount('shop', 'backend')).resolves.toBeUndefined();
    const client = new ECSClient();
    await client.send(new CreateClusterCommand({ clusterName: 'shop' }));
    await expect(services.desiredCount('shop', 'backend')).resolves.toBeUndefined();
    const containerDefinitions = [{ name: 'backend', image: 'shop/backend:v1', memory: 128 }];
    await client.send(new RegisterTaskDefinitionCommand({ family: 'backend', containerDefinitions }));
    const service = { serviceName: 'backend', taskDefinition: 'backend', desiredCount: 0 };
    await client.send(new CreateServiceCommand({ cluster: 'shop', ...service }));
    await expect(services.desiredCount('shop', 'backend')).resolves.toBe(0);
    await services.setLimits('shop', 'backend', 2, 10);
    await services.setDesiredCount('shop', 'backend', 3);
    await expect(services.desiredCount('shop', 'backend')).resolves.toBe(3);
    await client.send(new UpdateServiceCommand({ cluster: 'shop', service: 'backend', desiredCount: 5 }));
    await expect(services.desiredCount('shop', 'backend')).resolves.toBe(5);
    const { ScalableTargets: targets } = await new ApplicationAutoScalingClient().send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ResourceIds: ['service/shop/backend'] }),
    );
    expect(targets?.map(({ MinCapacity, MaxCapacity }) => [MinCapacity, MaxCapacity])).toEqual([[2, 10]]);
  });
});
