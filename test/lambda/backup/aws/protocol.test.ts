import { describe, expect, it } from '@jest/globals';
import { elastiCache } from '../../../../lambda/backup/aws/elasticache';
import { embeddedMetrics } from '../../../../lambda/backup/aws/metrics';
import { rdsService } from '../../../../lambda/backup/aws/rds';
import { NotOurs, QuotaReached } from '../../../../lambda/backup/ports';
import { systemClock } from '../../../../lambda/runtime/clock';
import { FakeClock } from '../../../support/fake-clock';
import { usePlayedService, xml, xmlError } from '../../region-agent/aws/support';
import { ACCOUNT, HOME, STANDBY } from '../support/settings';
import { at } from '../support/snapshots';

/** What the local AWS API does not show: the requests themselves, and refusals. */
const rds = usePlayedService('RDS');
const cache = usePlayedService('ELASTICACHE');
const NAME = 'shop-db-backup-nightly-20261121-0200';
const due = { schedule: 'nightly', dueMs: at('2026-11-21T02:00') };
const standby = () =>
  rdsService(
    { platform: 'shop', account: ACCOUNT, region: STANDBY, from: HOME, keyAlias: 'alias/shop-data' },
    systemClock,
  );
const caches = () => elastiCache({ platform: 'shop', account: ACCOUNT, region: HOME }, systemClock);

describe('a copy of a snapshot', () => {
  it('is asked for in the region that gets it, signed for the other one, under the key of its own', async () => {
    rds.play(() => xml('CopyDBSnapshot', ''));
    await standby().copy(NAME, due);
    expect(rds.parameters[0]).toMatchObject({
      Action: 'CopyDBSnapshot',
      SourceDBSnapshotIdentifier: `arn:aws:rds:${HOME}:${ACCOUNT}:snapshot:${NAME}`,
      TargetDBSnapshotIdentifier: NAME,
      KmsKeyId: `arn:aws:kms:${STANDBY}:${ACCOUNT}:alias/shop-data`,
      'Tags.Tag.1.Key': 'holdfast:platform',
      'Tags.Tag.3.Value': 'nightly',
      'Tags.Tag.4.Value': '2026-11-21T02:00:00.000Z',
    });
    expect(rds.parameters[0]?.PreSignedUrl).toMatch(/^https:\/\/rds\.us-east-1\.amazonaws\.com/);
  });

  it('that is there already is done', async () => {
    rds.play(() => xmlError('DBSnapshotAlreadyExists', 'It exists.'));
    await expect(standby().copy(NAME, due)).resolves.toBeUndefined();
  });

  it('beyond a quota is told apart from other refusals', async () => {
    rds.play(() => xmlError('SnapshotQuotaExceeded', 'You have 100 snapshots.'));
    await expect(standby().copy(NAME, due)).rejects.toThrow(QuotaReached);
    rds.play(() => xmlError('KMSKeyNotAccessibleFault', 'The key is disabled.'));
    await expect(standby().copy(NAME, due)).rejects.toThrow(
      `The copy of the snapshot ${NAME} from us-east-1 to us-west-2 failed: KMSKeyNotAccessibleFault: The key is disabled.`,
    );
  });
});

describe('the replication of automated backups', () => {
  it('is asked for in the region that gets them, signed for the one of the instance', async () => {
    rds.play(() => xml('StartDBInstanceAutomatedBackupsReplication', ''));
    await standby().replicate(`arn:aws:rds:${HOME}:${ACCOUNT}:db:shop-db`, 7);
    expect(rds.parameters[0]).toMatchObject({
      BackupRetentionPeriod: '7',
      KmsKeyId: `arn:aws:kms:${STANDBY}:${ACCOUNT}:alias/shop-data`,
    });
    expect(rds.parameters[0]?.PreSignedUrl).toContain('rds.us-east-1.amazonaws.com');
  });
});

describe('a list of snapshots', () => {
  it('goes on to the last page, and knows ours by name and tags', async () => {
    const one = (name: string, tags: Readonly<Record<string, string>>): string =>
      `<DBSnapshot><DBSnapshotIdentifier>${name}</DBSnapshotIdentifier><Status>available</Status><TagList>${Object.entries(
        tags,
      )
        .map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
        .join('')}</TagList></DBSnapshot>`;
    const ours = {
      'holdfast:platform': 'shop',
      'holdfast:part': 'Backup',
      'holdfast:backup': 'nightly',
      'holdfast:due': '2026-11-21T02:00:00.000Z',
    };
    rds.play((_, parameters) =>
      parameters.get('Marker') === 'more'
        ? xml('DescribeDBSnapshots', `<DBSnapshots>${one(NAME, ours)}</DBSnapshots>`)
        : xml(
            'DescribeDBSnapshots',
            `<DBSnapshots>${one('shop-db-last-e1', ours)}${one('shop-db-backup-nightly-20261120-0200', ours)}</DBSnapshots><Marker>more</Marker>`,
          ),
    );
    const found = await standby().snapshots('shop-db');
    // The tags of the second one are for another time.
    expect(found.map(({ name, owned }) => [name, owned])).toEqual([
      ['shop-db-backup-nightly-20261120-0200', false],
      [NAME, true],
    ]);
  });
});

describe('a snapshot of the cache', () => {
  it('is taken of one node, and exported under its own name', async () => {
    cache.play((_, parameters) => xml(parameters.get('Action') ?? '', ''));
    const { hand } = caches();
    await hand.take('shop-cache-002', 'shop-cache-20261121-0200', due);
    await hand.export('shop-cache-20261121-0200', 'exports');
    expect(cache.parameters).toMatchObject([
      { Action: 'CreateSnapshot', CacheClusterId: 'shop-cache-002' },
      { Action: 'CopySnapshot', TargetSnapshotName: 'shop-cache-20261121-0200', TargetBucket: 'exports' },
    ]);
  });

  it('beyond what the service allows in a day is a quota', async () => {
    cache.play(() => xmlError('SnapshotQuotaExceededFault', 'No more than 20 a day.'));
    await expect(caches().hand.take('shop-cache-002', 'x', due)).rejects.toThrow(QuotaReached);
  });

  it('is removed only if its tags are ours', async () => {
    const tags = (value: string) => (_: unknown, parameters: URLSearchParams) =>
      xml(
        parameters.get('Action') ?? '',
        parameters.get('Action') === 'ListTagsForResource'
          ? `<TagList><Tag><Key>holdfast:platform</Key><Value>shop</Value></Tag><Tag><Key>holdfast:part</Key><Value>${value}</Value></Tag></TagList>`
          : '',
      );
    cache.play(tags('Data'));
    await expect(caches().hand.remove('shop-cache-20261121-0200')).rejects.toThrow(NotOurs);
    cache.play(tags('Backup'));
    await caches().hand.remove('shop-cache-20261121-0200');
    expect(cache.parameters.map(({ Action }) => Action)).toEqual(['ListTagsForResource', 'DeleteSnapshot']);
  });

  it('that is gone is removed', async () => {
    cache.play(() => xmlError('SnapshotNotFoundFault', 'Not found.', 404));
    await expect(caches().hand.remove('shop-cache-20261121-0200')).resolves.toBeUndefined();
  });
});

describe('the metrics', () => {
  it('are lines of the log, one for the platform and one for each component', () => {
    const lines: Record<string, unknown>[] = [];
    embeddedMetrics(
      'shop',
      new FakeClock(),
      (_, fields = {}) => void lines.push(fields),
    )({
      platform: { runs: 1, failures: 0, quota: 0 },
      components: [{ component: 'database', values: { failures: 0, age: 900 } }],
    });
    expect(lines).toMatchObject([
      { Platform: 'shop', BackupRuns: 1, BackupFailures: 0, BackupQuotaReached: 0 },
      {
        Platform: 'shop',
        Component: 'database',
        BackupAgeSeconds: 900,
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: 'Holdfast',
              Dimensions: [['Platform', 'Component']],
              Metrics: expect.arrayContaining([{ Name: 'BackupAgeSeconds', Unit: 'Seconds' }]),
            },
          ],
        },
      },
    ]);
  });
});
