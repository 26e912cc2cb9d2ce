import { setTimeout as wait } from 'node:timers/promises';
import {
  DeleteDBInstanceAutomatedBackupCommand,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  StopDBInstanceAutomatedBackupsReplicationCommand,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WITH_INSTALLATION_MS } from '../support/local-aws';
import { until } from './rds';
import { HOME, OWNER, Shop, STANDBY } from './shop';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
}, WITH_INSTALLATION_MS);
afterAll(() => shop?.api.stop());

describe('automated backups', () => {
  it('trail their instance, and can be restored to a time with exactly the commits before it', async () => {
    await expect(
      shop.home.rewind('never', {
        SourceDBInstanceIdentifier: 'shop',
        RestoreTime: new Date(Date.now() + 60_000),
      }),
    ).rejects.toThrow(/later than/);
    await expect(
      shop.home.rewind('never', { SourceDBInstanceIdentifier: 'shop', RestoreTime: new Date(0) }),
    ).rejects.toThrow(/earlier than/);
    // Asked for at the first moment at which it is said to be possible, while more is committed.
    const at = await shop.ordering(async () => {
      await wait(400);
      const now = new Date();
      await until(async () => {
        const { LatestRestorableTime: latest } = await shop.home.instance('shop');
        return latest && latest > now ? latest : undefined;
      });
      await shop.home.rewind('rewound', { SourceDBInstanceIdentifier: 'shop', RestoreTime: now });
      return now;
    });
    const seen = await shop.home.settled('rewound');
    expect([...seen]).toEqual(expect.arrayContaining(['creating', 'backing-up', 'available']));
    const text = `SELECT count(*)::int AS n FROM orders WHERE pg_xact_commit_timestamp(xmin) <= '${at.toISOString()}'`;
    const [expected] = await shop.home.query<{ n: number }>('shop', OWNER, text);
    expect(await shop.ordersIn(shop.home, 'rewound')).toBe(expected?.n);
    expect(expected?.n).toBeLessThan(shop.orders);
  });

  it('are described with what can be restored, and replicated to another region', async () => {
    const [own] = await shop.home.backups({ DBInstanceIdentifier: 'shop' });
    expect(own).toMatchObject({
      Status: 'active',
      Region: HOME,
      BackupRetentionPeriod: 7,
      Encrypted: true,
    });
    const start = (KmsKeyId?: string) =>
      shop.standby.client.send(
        new StartDBInstanceAutomatedBackupsReplicationCommand({
          SourceDBInstanceArn: own?.DBInstanceArn,
          ...(KmsKeyId && { KmsKeyId }),
        }),
      );
    await expect(start()).rejects.toThrow(/KmsKeyId/);
    expect((await start(shop.keys[STANDBY])).DBInstanceAutomatedBackup?.Status).toBe('pending');
    await expect(start(shop.keys[STANDBY])).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' });
    const replica = await until(async () =>
      (await shop.standby.backups()).find((one) => one.Status === 'replicating'),
    );
    expect(replica).toMatchObject({
      Region: HOME,
      DbiResourceId: own?.DbiResourceId,
      KmsKeyId: shop.keys[STANDBY],
    });
    expect((await shop.home.instance('shop')).DBInstanceAutomatedBackupsReplications).toEqual([
      { DBInstanceAutomatedBackupsArn: replica.DBInstanceAutomatedBackupsArn },
    ]);
  });

  it('are retained if that was asked for, and can then be restored and deleted', async () => {
    await shop.home.remove('rewound', { SkipFinalSnapshot: true, DeleteAutomatedBackups: false });
    const [kept] = await shop.home.backups({ Filters: [{ Name: 'status', Values: ['retained'] }] });
    const SourceDbiResourceId = kept?.DbiResourceId;
    await shop.home.rewind('again', { SourceDbiResourceId, UseLatestRestorableTime: true });
    await shop.home.settled('again');
    const { DBInstanceAutomatedBackupsArn } = kept ?? {};
    await shop.home.client.send(
      new DeleteDBInstanceAutomatedBackupCommand({ DBInstanceAutomatedBackupsArn }),
    );
    await expect(
      shop.home.rewind('never', { SourceDbiResourceId, UseLatestRestorableTime: true }),
    ).rejects.toMatchObject({
      name: 'DBInstanceAutomatedBackupNotFoundFault',
    });
  });

  it('are not there for an instance that has none', async () => {
    await shop.home.modify('again', { BackupRetentionPeriod: 0 });
    await shop.home.settled('again');
    expect((await shop.home.instance('again')).LatestRestorableTime).toBeUndefined();
    await expect(
      shop.home.rewind('never', { SourceDBInstanceIdentifier: 'again', UseLatestRestorableTime: true }),
    ).rejects.toMatchObject({ name: 'PointInTimeRestoreNotEnabledFault' });
  });
});

describe('when a region is gone', () => {
  beforeAll(async () => {
    await shop.home.take('shop', 'first');
    const { DBSnapshotArn = '' } = await shop.home.complete('first');
    await shop.standby.copy(DBSnapshotArn, 'copied', { KmsKeyId: shop.keys[STANDBY] });
    await shop.standby.complete('copied');
    await shop.home.settled('shop');
  });

  it('its databases are restored in the other from the copy of a snapshot and from the replicated backups', async () => {
    await shop.ordering(() => wait(300));
    const written = new Date();
    const replica = await until(async () => {
      const [found] = await shop.standby.backups();
      const latest = found?.RestoreWindow?.LatestTime;
      return latest && latest > written ? found : undefined;
    });
    shop.api.databases.find(`shop.aaaaaaaaaa.${HOME}.rds.amazonaws.com`).server.pause();
    await shop.api.fault({ service: '*', operation: '*', region: HOME, kind: 'fail' });
    try {
      await shop.standby.restore('copied', 'from-snapshot');
      await shop.standby.rewind('from-backups', {
        SourceDBInstanceAutomatedBackupsArn: replica.DBInstanceAutomatedBackupsArn,
        UseLatestRestorableTime: true,
      });
      for (const identifier of ['from-snapshot', 'from-backups']) await shop.standby.settled(identifier);
      expect(await shop.ordersIn(shop.standby, 'from-snapshot')).toBeGreaterThan(0);
      expect(await shop.ordersIn(shop.standby, 'from-backups')).toBe(shop.orders);
      expect((await shop.standby.instance('from-backups')).KmsKeyId).toBe(shop.keys[STANDBY]);
    } finally {
      await shop.api.clearFaults();
      shop.api.databases.find(`shop.aaaaaaaaaa.${HOME}.rds.amazonaws.com`).server.continue();
    }
  });

  it('what was copied and replicated is restored also when all that it came from is deleted', async () => {
    const { DBInstanceArn: SourceDBInstanceArn } = await shop.home.instance('shop');
    const stopped = await shop.standby.client.send(
      new StopDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn }),
    );
    expect(stopped.DBInstanceAutomatedBackup?.Status).toBe('retained');
    await shop.home.drop('first');
    await expect(shop.home.remove('shop', {})).rejects.toThrow(/FinalDBSnapshotIdentifier/);
    await shop.home.remove('shop', { FinalDBSnapshotIdentifier: 'last' });
    expect((await shop.home.snapshot('last')).Status).toBe('available');
    expect(await shop.home.snapshots({ DBInstanceIdentifier: 'shop' })).toEqual(['last']);
    expect(await shop.home.backups()).toEqual([]);
    const [kept] = await shop.standby.backups({ DBInstanceIdentifier: 'shop' });
    await shop.standby.restore('copied', 'from-snapshot-again');
    await shop.standby.rewind('from-backups-again', {
      SourceDBInstanceAutomatedBackupsArn: kept?.DBInstanceAutomatedBackupsArn,
      RestoreTime: kept?.RestoreWindow?.LatestTime,
    });
    for (const identifier of ['from-snapshot-again', 'from-backups-again'])
      await shop.standby.settled(identifier);
    expect(await shop.ordersIn(shop.standby, 'from-snapshot-again')).toBeGreaterThan(0);
    expect(await shop.ordersIn(shop.standby, 'from-backups-again')).toBe(shop.orders);
  });
});
