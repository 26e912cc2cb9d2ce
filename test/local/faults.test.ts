import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT } from './support';

let api: LocalAws;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());
afterEach(() => api.clearFaults());

const config = (region = 'us-east-1', maxAttempts = 1) => ({
  region,
  endpoint: api.endpoint,
  maxAttempts,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
type Config = ReturnType<typeof config>;
const instances = (region?: string) =>
  new RDSClient(config(region)).send(new DescribeDBInstancesCommand()).then((found) => found.DBInstances);
const rds: Fault = { service: 'rds', operation: 'DescribeDBInstances', kind: 'fail' };

/** One call of each protocol that AWS speaks. */
const CALLS: readonly (readonly [string, string, string, (config: Config) => Promise<unknown>])[] = [
  ['query', 'rds', 'DescribeDBInstances', (c) => new RDSClient(c).send(new DescribeDBInstancesCommand())],
  ['EC2', 'ec2', 'DescribeVpcs', (c) => new EC2Client(c).send(new DescribeVpcsCommand())],
  ['JSON', 'dynamodb', 'ListTables', (c) => new DynamoDBClient(c).send(new ListTablesCommand())],
  ['REST with JSON', 'lambda', 'ListFunctions', (c) => new LambdaClient(c).send(new ListFunctionsCommand())],
  [
    'REST with XML',
    'route53',
    'ListHostedZones',
    (c) => new Route53Client(c).send(new ListHostedZonesCommand()),
  ],
  [
    "S3's own",
    's3',
    'ListBuckets',
    (c) => new S3Client({ ...c, forcePathStyle: true }).send(new ListBucketsCommand()),
  ],
];

describe('an ordered failure', () => {
  it.each(CALLS)('reaches a client of the protocol %s as its error', async (_, service, operation, call) => {
    await api.fault({ service, operation, kind: 'fail', code: 'AccessDenied' });
    await expect(call(config())).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 400 },
    });
    expect(await api.clearFaults()).toBe(1);
  });

  it.each(CALLS)(
    'throttles a client of the protocol %s, which then tries again',
    async (_, service, operation, call) => {
      await api.fault({ service, operation, kind: 'throttle' });
      await expect(call(config())).rejects.toThrow('Rate exceeded');
      await api.clearFaults();
      await api.fault({ service, operation, kind: 'throttle', times: 1 });
      await call(config('us-east-1', 2));
      expect(await api.clearFaults()).toBe(1);
    },
  );

  it('is a failure of the server if no code says otherwise', async () => {
    await api.fault(rds);
    await expect(instances()).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('hangs until the client gives up, and is never done', async () => {
    await api.fault({ service: 'sns', operation: 'CreateTopic', kind: 'hang' });
    const client = new SNSClient(config());
    const abortSignal = AbortSignal.timeout(300);
    await expect(
      client.send(new CreateTopicCommand({ Name: 'hung' }), { abortSignal }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await api.clearFaults()).toBe(1);
    expect((await client.send(new ListTopicsCommand())).Topics ?? []).toEqual([]);
  });

  it('can hide a success', async () => {
    const client = new DynamoDBClient(config());
    const TableName = 'table';
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    await api.fault({ service: 'dynamodb', operation: 'PutItem', kind: 'succeed-but-fail' });
    const Item = { pk: { S: 'a' } };
    await expect(client.send(new PutItemCommand({ TableName, Item }))).rejects.toThrow(/ordered failure/);
    expect((await client.send(new GetItemCommand({ TableName, Key: Item }))).Item).toEqual(Item);
  });

  it('meets as many calls as it is ordered for, where it is ordered for', async () => {
    await api.fault({ ...rds, region: 'us-west-2', times: 1 });
    expect(await instances('us-east-1')).toEqual([]);
    await expect(instances('us-west-2')).rejects.toThrow();
    expect(await instances('us-west-2')).toEqual([]);
  });

  it('can be all that a region answers', async () => {
    await api.fault({ service: '*', operation: '*', region: 'us-west-2', kind: 'fail' });
    await expect(instances('us-west-2')).rejects.toThrow();
    await expect(new SNSClient(config('us-west-2')).send(new ListTopicsCommand())).rejects.toThrow();
    expect(await instances('us-east-1')).toEqual([]);
  });

  it('is refused if nothing would ever meet it', async () => {
    await expect(api.fault({ ...rds, operation: 'PromoteReplica' })).rejects.toThrow(
      /no operation 'PromoteReplica'/,
    );
    await expect(api.fault({ ...rds, service: 'rdss' })).rejects.toThrow(/no service 'rdss'/);
    await expect(api.fault({ ...rds, times: 0 })).rejects.toThrow(
      /times must be a whole number above 0, not 0/,
    );
  });
});
