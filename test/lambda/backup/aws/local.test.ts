import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateReplicationGroupCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { awsWorld } from '../../../../lambda/backup/aws/world';
import { type BackupSettings, ENVIRONMENT } from '../../../../lambda/backup/contract';
import { handler } from '../../../../lambda/backup/handler';
import type { World } from '../../../../lambda/backup/ports';
import { reportKey, writeReport } from '../../../../lambda/backup/report';
import { type RunReport, run } from '../../../../lambda/backup/run';
import { dynamoTable } from '../../../../lambda/leader/aws';
import { toItem } from '../../../../lambda/leader/item';
import { systemClock } from '../../../../lambda/runtime/clock';
import { type LocalAws, startLocalAws } from '../../../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../../support/local-aws';
import { ACCOUNT, HOME, recordOf, STANDBY, settingsOf } from '../support/settings';

/** The whole function against the local AWS API, start by start. */
const DEADLINE_MS = 30_000;
const NAMES = [
  ...['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ...Object.values(ENVIRONMENT),
];
const before = NAMES.map((name) => [name, process.env[name]] as const);
let api: LocalAws | undefined;

/** A schedule of the last minute, so that this test knows what is due whenever it runs. */
const oneMinuteAgo = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
const schedules: BackupSettings['schedules'] = [
  { name: 'nightly', at: oneMinuteAgo, covers: ['database', 'cache', 'buckets', 'configuration'] },
];
const settings = (own: string): BackupSettings => settingsOf(own, { schedules });

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, statusSeconds: 0.2 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: api.endpoint,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await Promise.all([
    makeRecord(),
    makeKeys(HOME),
    makeKeys(STANDBY),
    makeBuckets(),
    makeCache(),
    makeSecrets(),
  ]);
  await makeDatabases();
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await api?.stop();
});

async function makeRecord(): Promise<void> {
  await new DynamoDBClient({ region: HOME }).send(
    new CreateTableCommand({
      TableName: 'shop-leadership',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const signal = new AbortController().signal;
  await dynamoTable('shop-leadership', HOME).create(toItem(recordOf(), 'first'), signal);
}

/** No client for KMS is among our dependencies. */
async function makeKeys(region: string): Promise<void> {
  const client = new CloudFormationClient({ region });
  const StackName = `Shop-${region}-Foundation`;
  const Resources = {
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {} } },
    Alias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/shop-data', TargetKeyId: { Ref: 'Key' } },
    },
  };
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
  await until(async () => {
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return stacks?.[0]?.StackStatus === 'CREATE_COMPLETE';
  });
}

const s3 = (region: string): S3Client => new S3Client({ region, forcePathStyle: true });

async function makeBuckets(): Promise<void> {
  for (const region of [HOME, STANDBY]) {
    const { archive, cache, buckets } = settings(region);
    for (const Bucket of [archive.own, cache?.exports, buckets[0]?.own]) {
      const location =
        region === HOME ? {} : { CreateBucketConfiguration: { LocationConstraint: STANDBY as 'us-west-2' } };
      await s3(region).send(new CreateBucketCommand({ Bucket, ...location }));
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await s3(region).send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
  }
}

async function makeCache(): Promise<void> {
  await new ElastiCacheClient({ region: HOME }).send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'shop-cache',
      ReplicationGroupDescription: 'test',
      Engine: 'valkey',
      CacheNodeType: 'cache.t4g.small',
      NumCacheClusters: 3,
      AutomaticFailoverEnabled: true,
    }),
  );
}

async function makeSecrets(): Promise<void> {
  for (const region of [HOME, STANDBY]) {
    const client = new SecretsManagerClient({ region });
    const value = { SecretString: 'a-value-that-nobody-may-see' };
    await client.send(new CreateSecretCommand({ Name: 'shop/cache', ...value }));
    await client.send(
      new CreateSecretCommand({ Name: 'shop/database', ...value, ClientRequestToken: '0'.repeat(32) }),
    );
  }
}

async function makeDatabases(): Promise<void> {
  const home = new RDSClient({ region: HOME });
  await home.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'shop-db',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      MasterUsername: 'owner',
      MasterUserPassword: 'first-password',
      AllocatedStorage: 20,
      StorageEncrypted: true,
      KmsKeyId: `arn:aws:kms:${HOME}:${ACCOUNT}:alias/shop-data`,
      BackupRetentionPeriod: 7,
      CopyTagsToSnapshot: true,
      Tags: [{ Key: 'holdfast:platform', Value: 'shop' }],
    }),
  );
  await until(() => isAvailable(home));
  const standby = new RDSClient({ region: STANDBY });
  await standby.send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: 'shop-db',
      SourceDBInstanceIdentifier: `arn:aws:rds:${HOME}:${ACCOUNT}:db:shop-db`,
      KmsKeyId: `arn:aws:kms:${STANDBY}:${ACCOUNT}:alias/shop-data`,
    }),
  );
  await until(() => isAvailable(standby));
}

async function isAvailable(client: RDSClient): Promise<boolean> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'shop-db' });
  return (await client.send(command)).DBInstances?.[0]?.DBInstanceStatus === 'available';
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not come to that in time.');
    await wait(50);
  }
}

const worldOf = (region: string): World => {
  const environment = { table: 'shop-leadership', tableRegions: HOME, settings: '' };
  return awsWorld(environment, settings(region), systemClock, true);
};
const start = (region = HOME): Promise<RunReport> =>
  run(
    worldOf(region),
    settings(region),
    { start: 'reconcile' },
    {
      clock: systemClock,
      deadline: systemClock.monotonic() + 300_000,
    },
  );

async function snapshotsIn(region: string) {
  const { DBSnapshots: found = [] } = await new RDSClient({ region }).send(
    new DescribeDBSnapshotsCommand({ SnapshotType: 'manual' }),
  );
  return found.filter(({ DBSnapshotIdentifier: name = '' }) => name.startsWith('shop-db-backup-'));
}
const areAvailable = async (region: string): Promise<boolean> => {
  const found = await snapshotsIn(region);
  return found.length > 0 && found.every(({ Status }) => Status === 'available');
};

describe('starts one after the other', () => {
  it('take a snapshot, copy it under the key of the other region, and then have nothing left to do', async () => {
    const first = await start();
    expect(first.components.database?.failures).toEqual([]);
    expect(first.components.database?.done).toEqual([
      expect.stringMatching(/^The snapshot shop-db-backup-nightly-\d{8}-\d{4} in us-east-1: done\.$/),
    ]);
    // RDS ends a snapshot a moment before the instance is no longer backing up, and replicates nothing until then.
    const home = new RDSClient({ region: HOME });
    await until(async () => (await areAvailable(HOME)) && (await isAvailable(home)));
    const second = await start();
    expect(second.components.database?.done).toEqual([
      expect.stringMatching(/^The copy of shop-db-backup-nightly-\d{8}-\d{4} to us-west-2: done\.$/),
      expect.stringContaining('The replication of the automated backups of arn:aws:rds:us-east-1'),
    ]);
    await until(() => areAvailable(STANDBY));
    const third = await start();
    expect(third.components.database).toMatchObject({ done: [], failures: [], notes: [], replicating: true });
    const [copy] = await snapshotsIn(STANDBY);
    expect(copy).toMatchObject({ Encrypted: true, KmsKeyId: expect.stringContaining(`:kms:${STANDBY}:`) });
    expect(Object.fromEntries((copy?.TagList ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      'holdfast:part': 'Backup',
      'holdfast:backup': 'nightly',
    });
  });

  it('have snapshots of the cache in S3', async () => {
    const list = async () => {
      const command = new ListObjectsV2Command({ Bucket: settings(HOME).cache?.exports });
      return (await s3(HOME).send(command)).Contents ?? [];
    };
    await until(async () => {
      const { components } = await start();
      expect(components.cache?.failures).toEqual([]);
      return (await list()).length > 0;
    });
    expect((await list())[0]?.Key).toMatch(/^shop-cache-\d{8}-\d{4}-0001\.rdb$/);
    expect((await start()).components.cache?.ageSeconds).toBeLessThan(600);
  });

  it('keep what is where, in both regions, and not one value', async () => {
    await start();
    const key = (await worldOf(STANDBY).objects.own.list('manifests/nightly/', '')).at(-1) ?? '';
    const text = (await worldOf(STANDBY).objects.own.get(key)) ?? '';
    const manifest = JSON.parse(text);
    expect(manifest.missing).toEqual([]);
    expect(manifest.regions[STANDBY].stacks).toMatchObject([{ name: 'Shop-us-west-2-Foundation' }]);
    expect(manifest.regions[HOME].secrets.map(({ name }: { name: string }) => name).sort()).toEqual([
      'shop/cache',
      'shop/database',
    ]);
    expect(text).not.toContain('a-value-that-nobody-may-see');
  });

  it('see that nothing replicates a bucket, until something does', async () => {
    const [bucket] = settings(HOME).buckets;
    const { components } = await start();
    expect(components.buckets?.failures).toEqual([
      `Nothing replicates the bucket ${bucket?.own} to ${bucket?.other}.`,
    ]);
    await s3(HOME).send(
      new PutBucketReplicationCommand({
        Bucket: bucket?.own,
        ReplicationConfiguration: {
          Role: `arn:aws:iam::${ACCOUNT}:role/replication`,
          Rules: [
            {
              ID: 'holdfast',
              Priority: 1,
              Status: 'Enabled',
              Filter: { Prefix: '' },
              DeleteMarkerReplication: { Status: 'Enabled' },
              Destination: { Bucket: `arn:aws:s3:::${bucket?.other}` },
            },
          ],
        },
      }),
    );
    expect((await start()).components.buckets?.failures).toEqual([]);
  });

  it('leave their report in both buckets', async () => {
    const report = await start();
    const { objects } = worldOf(HOME);
    await expect(writeReport(objects, report, 'abc')).resolves.toEqual([]);
    await expect(objects.own.put(reportKey(report, 'abc'), 'again')).resolves.toBe('exists');
    await expect(objects.other.get(reportKey(report, 'abc'))).resolves.toContain('holdfast-backup-1');
  });
});

describe('the deployed function', () => {
  it('writes its report and its metrics', async () => {
    const lines: string[] = [];
    const written = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    Object.assign(process.env, {
      [ENVIRONMENT.table]: 'shop-leadership',
      [ENVIRONMENT.tableRegions]: HOME,
      [ENVIRONMENT.settings]: JSON.stringify(settings(HOME)),
    });
    const { objects } = worldOf(HOME);
    const before = await objects.own.list('reports/backup/', '');
    await handler({ start: 'reconcile' }, { getRemainingTimeInMillis: () => 300_000 });
    written.mockRestore();
    const after = await objects.own.list('reports/backup/', '');
    expect(after).toHaveLength(before.length + 1);
    const metrics = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'backup-metrics');
    expect(metrics).toContainEqual(
      expect.objectContaining({ Component: 'database', BackupAgeSeconds: expect.any(Number) }),
    );
    expect(metrics).toContainEqual(expect.objectContaining({ BackupRuns: 1, BackupReplicationActive: 1 }));
  });
});

describe('the region that does not lead', () => {
  it('begins nothing, and knows the age of its copies', async () => {
    const { components } = await start(STANDBY);
    expect(components.database).toMatchObject({ done: [], failures: [], replicating: null });
    expect(components.database?.ageSeconds).toBeLessThan(600);
    expect(components.cache).toMatchObject({ done: [], failures: [] });
  });
});

describe('what goes wrong', () => {
  it('at RDS is one sentence, and the rest goes on', async () => {
    await api?.fault({ service: 'rds', operation: 'DescribeDBSnapshots', kind: 'throttle', region: STANDBY });
    const { components } = await start();
    await api?.clearFaults();
    expect(components.database?.failures).toEqual([
      expect.stringMatching(/^Listing the database snapshots in us-west-2 failed: Throttling/),
    ]);
    expect(components.configuration?.failures).toEqual([]);
  });

  it('with leadership keeps everything from being begun', async () => {
    await api?.fault({ service: 'dynamodb', operation: 'GetItem', kind: 'fail' });
    const { components } = await start();
    await api?.clearFaults();
    expect(components.database?.failures).toEqual([
      expect.stringContaining('Nothing is begun, because leadership is unknown'),
    ]);
  });

  it('with a snapshot that a person made under one of our names is left to that person', async () => {
    const name = 'shop-db-backup-nightly-20200101-0200';
    const home = new RDSClient({ region: HOME });
    await home.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'shop-db', DBSnapshotIdentifier: name }),
    );
    await until(() => areAvailable(HOME));
    const { components } = await start();
    expect(components.database).toMatchObject({
      done: [],
      failures: [
        expect.stringContaining(`${name} in us-east-1 is no good backup: it does not carry the tags`),
      ],
    });
  });
});
