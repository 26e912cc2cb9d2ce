import {
  AddTagsToResourceCommand,
  DescribeDBSnapshotsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WITH_INSTALLATION_MS } from '../support/local-aws';
import { until } from './rds';
import { HOME, KEY_ALIAS, OWNER, Shop, STANDBY } from './shop';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
}, WITH_INSTALLATION_MS);
afterAll(() => shop?.api.stop());

describe('a snapshot', () => {
  it('is made while its instance is backing up', async () => {
    await shop.ordering(async () => {
      const taken = await shop.home.take('shop', 'first');
      expect(taken).toMatchObject({ Status: 'creating', SnapshotType: 'manual', Encrypted: true });
      expect((await shop.home.instance('shop')).DBInstanceStatus).toBe('backing-up');
      await expect(shop.home.take('shop', 'second')).rejects.toMatchObject({
        name: 'InvalidDBInstanceStateFault',
      });
      await expect(shop.home.restore('first', 'early')).rejects.toMatchObject({
        name: 'InvalidDBSnapshotStateFault',
      });
      expect((await shop.home.complete('first')).PercentProgress).toBe(100);
    });
    await shop.home.settled('shop');
  });

  it('is restored as another instance with the data as it was after some commit', async () => {
    const before = shop.orders;
    const made = await shop.home.restore('first', 'restored');
    expect(made?.DbiResourceId).not.toBe((await shop.home.instance('shop')).DbiResourceId);
    const seen = await shop.home.settled('restored');
    expect([...seen]).toEqual(expect.arrayContaining(['creating', 'backing-up', 'available']));
    const found = await shop.ordersIn(shop.home, 'restored');
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThanOrEqual(before);
    await expect(shop.home.restore('first', 'restored')).rejects.toMatchObject({
      name: 'DBInstanceAlreadyExistsFault',
    });
  });

  it('gives an instance with the settings of its own parameter group, whose password can be changed', async () => {
    const text =
      "SELECT current_setting('wal_level') AS level, current_setting('track_commit_timestamp') AS track";
    expect(await shop.home.query('restored', OWNER, text)).toEqual([{ level: 'logical', track: 'on' }]);
    await shop.home.modify('restored', { MasterUserPassword: 'second-password' });
    await shop.home.settled('restored');
    expect(
      await shop.home.query('restored', { ...OWNER, password: 'second-password' }, 'SELECT 1 AS one'),
    ).toEqual([{ one: 1 }]);
    await expect(shop.home.query('restored', OWNER, 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('is copied to another region under a key of that region only', async () => {
    const { DBSnapshotArn = '' } = await shop.home.snapshot('first');
    await shop.home.client.send(
      new AddTagsToResourceCommand({
        ResourceName: DBSnapshotArn,
        Tags: [{ Key: 'kept', Value: 'daily' }],
      }),
    );
    await expect(shop.standby.copy(DBSnapshotArn, 'copied')).rejects.toThrow(/KmsKeyId/);
    await expect(
      shop.standby.copy(DBSnapshotArn, 'copied', { KmsKeyId: shop.keys[HOME] }),
    ).rejects.toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
    });
    await expect(
      shop.standby.copy(DBSnapshotArn, 'copied', { KmsKeyId: await shop.disabledKey() }),
    ).rejects.toMatchObject({
      name: 'KMSKeyNotAccessibleFault',
    });
    const begun = await shop.standby.copy(DBSnapshotArn, 'copied', {
      KmsKeyId: KEY_ALIAS,
      CopyTags: true,
    });
    expect(begun).toMatchObject({ Status: 'creating', KmsKeyId: shop.keys[STANDBY] });
    const done = await shop.standby.complete('copied');
    expect(done).toMatchObject({ SourceRegion: HOME, SourceDBSnapshotIdentifier: DBSnapshotArn });
    const tags = await shop.standby.client.send(
      new ListTagsForResourceCommand({ ResourceName: done.DBSnapshotArn }),
    );
    expect(tags.TagList).toEqual([{ Key: 'kept', Value: 'daily' }]);
  });

  it('is listed by instance, by type and page by page', async () => {
    await shop.home.take('shop', 'another');
    await shop.home.complete('another');
    await shop.home.settled('shop');
    const manual = { DBInstanceIdentifier: 'shop', SnapshotType: 'manual' };
    expect(await shop.home.snapshots(manual)).toEqual(['first', 'another']);
    const automated = { DBInstanceIdentifier: 'shop', SnapshotType: 'automated' };
    expect(await shop.home.snapshots(automated)).toEqual([
      expect.stringMatching(/^rds:shop-\d{4}-\d\d-\d\d-\d\d-\d\d$/),
    ]);
    expect(await shop.home.snapshots({ SnapshotType: 'awsbackup' })).toEqual([]);
    const pages: string[] = [];
    for (let marker: string | undefined; ; ) {
      const command = new DescribeDBSnapshotsCommand({ MaxRecords: 1, ...(marker && { Marker: marker }) });
      const { DBSnapshots, Marker } = await shop.home.client.send(command);
      pages.push(...(DBSnapshots ?? []).map((one) => one.DBSnapshotIdentifier ?? ''));
      marker = Marker;
      if (!marker) break;
    }
    expect(pages).toEqual(await shop.home.snapshots());
  });

  it('can be deleted, an automated one cannot', async () => {
    const [automated = ''] = await shop.home.snapshots({
      SnapshotType: 'automated',
      DBInstanceIdentifier: 'shop',
    });
    await expect(shop.home.drop(automated)).rejects.toMatchObject({ name: 'InvalidDBSnapshotStateFault' });
    expect((await shop.home.drop('another'))?.Status).toBe('deleted');
    await expect(shop.home.drop('another')).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
    await expect(shop.home.restore('another', 'never')).rejects.toMatchObject({
      name: 'DBSnapshotNotFoundFault',
    });
  });

  it.each([
    ['CreateDBSnapshot', 'SnapshotQuotaExceeded', () => shop.home.take('shop', 'too-many')],
    ['CopyDBSnapshot', 'KMSKeyNotAccessibleFault', () => shop.standby.copy('copied', 'twice')],
  ])('meets ordered failures of %s', async (operation, code, call) => {
    await shop.api.fault({ service: 'rds', operation, kind: 'fail', code });
    await expect(call()).rejects.toMatchObject({ name: expect.stringMatching(code) });
    expect(await shop.api.clearFaults()).toBe(1);
  });
});

describe('a role in rds_replication', () => {
  it('may stream, here in a restored instance, and no longer when it has left', async () => {
    const owner = { ...OWNER, password: 'second-password' };
    const replicator = { user: 'archiver', password: 'third-password' };
    const text = "CREATE ROLE archiver LOGIN PASSWORD 'third-password' IN ROLE rds_replication";
    await shop.home.query('restored', owner, text);
    const stream = async (): Promise<unknown[]> => {
      const session = await shop.home.connect('restored', replicator, '?replication=database');
      try {
        return (await session.query('IDENTIFY_SYSTEM')).rows;
      } finally {
        await session.end();
      }
    };
    const [system] = await until(() => stream().catch(() => undefined));
    expect(system).toMatchObject({ dbname: 'shop' });
    await shop.home.query('restored', owner, 'REVOKE rds_replication FROM archiver');
    await until(() =>
      stream().then(
        () => undefined,
        () => true,
      ),
    );
    await expect(stream()).rejects.toThrow(/permission denied to start WAL sender/);
  });
});
