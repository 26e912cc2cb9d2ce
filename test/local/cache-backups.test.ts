import {
  CopySnapshotCommand,
  CreateReplicationGroupCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
  type Snapshot,
} from '@aws-sdk/client-elasticache';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { until } from './rds';
import { ACCOUNT, Stacks } from './support';

const NODES = ['cache-001', 'cache-002'];
const ALLOWED = 20;

let api: LocalAws;
let cache: ElastiCacheClient;
let s3: S3Client;

/** @param statusSeconds long enough to see a passing status on a busy machine, or none at all */
async function start(statusSeconds: number): Promise<void> {
  await api?.stop();
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, statusSeconds });
  const { config } = new Stacks(api);
  cache = new ElastiCacheClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  await cache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'cache',
      ReplicationGroupDescription: 'test',
      NumNodeGroups: 1,
      ReplicasPerNodeGroup: 1,
    }),
  );
  await s3.send(new CreateBucketCommand({ Bucket: 'exports' }));
}

beforeAll(() => start(1), WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const take = (SnapshotName: string, CacheClusterId = NODES[1]) =>
  cache.send(
    new CreateSnapshotCommand({ SnapshotName, CacheClusterId, Tags: [{ Key: 'kept', Value: 'daily' }] }),
  );
const found = async (SnapshotName: string): Promise<Snapshot> => {
  const { Snapshots } = await cache.send(new DescribeSnapshotsCommand({ SnapshotName }));
  if (!Snapshots?.[0]) throw new Error(`There is no ${SnapshotName}.`);
  return Snapshots[0];
};
const complete = (name: string) =>
  until(async () => {
    const snapshot = await found(name);
    return snapshot.SnapshotStatus === 'available' ? snapshot : undefined;
  });
const copy = (SourceSnapshotName: string, TargetSnapshotName: string, TargetBucket?: string) =>
  cache.send(
    new CopySnapshotCommand({
      SourceSnapshotName,
      TargetSnapshotName,
      ...(TargetBucket && { TargetBucket }),
    }),
  );
const drop = (SnapshotName: string) => cache.send(new DeleteSnapshotCommand({ SnapshotName }));

describe('a snapshot of a cache', () => {
  it('is taken of a node, and its group is busy meanwhile', async () => {
    const { Snapshot: taken } = await take('first');
    expect(taken).toMatchObject({ SnapshotStatus: 'creating', CacheClusterId: NODES[1] });
    await expect(take('second')).rejects.toMatchObject({ name: 'InvalidReplicationGroupStateFault' });
    await expect(drop('first')).rejects.toMatchObject({ name: 'InvalidSnapshotStateFault' });
    const [node] = (await complete('first')).NodeSnapshots ?? [];
    expect(node?.CacheClusterId).toBe(NODES[1]);
    await expect(take('first')).rejects.toMatchObject({ name: 'SnapshotAlreadyExistsFault' });
  });

  it('is exported as an object into a bucket of its region, once', async () => {
    expect((await copy('first', 'out', 'exports')).Snapshot?.SnapshotStatus).toBe('exporting');
    await complete('first');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'exports' }));
    expect(Contents?.map((one) => one.Key)).toEqual(['out-0001.rdb']);
    await expect(copy('first', 'out', 'exports')).rejects.toThrow(/already contains/);
    await expect(copy('first', 'out', 'nowhere')).rejects.toThrow(/does not exist/);
  });

  it('is copied, listed page by page, and deleted with its tags', async () => {
    await copy('first', 'copied');
    await complete('copied');
    const page = await cache.send(new DescribeSnapshotsCommand({ MaxRecords: 1 }));
    const rest = await cache.send(new DescribeSnapshotsCommand({ Marker: page.Marker }));
    const names = [...(page.Snapshots ?? []), ...(rest.Snapshots ?? [])].map((one) => one.SnapshotName);
    expect(names).toEqual(['first', 'copied']);
    await drop('copied');
    const ResourceName = `arn:aws:elasticache:us-east-1:${ACCOUNT}:snapshot:copied`;
    await expect(cache.send(new ListTagsForResourceCommand({ ResourceName }))).rejects.toMatchObject({
      name: 'SnapshotNotFoundFault',
    });
  });

  it(`is refused after ${ALLOWED} of a node in a day, also if some were deleted`, async () => {
    await start(0);
    for (let n = 1; n <= ALLOWED; n += 1) await take(`n${n}`);
    await drop('n1');
    await expect(take('too-many')).rejects.toMatchObject({ name: 'SnapshotQuotaExceededFault' });
    await take('of-the-other', NODES[0]);
  }, 30_000);
});
