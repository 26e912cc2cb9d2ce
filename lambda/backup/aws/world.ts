import { dynamoTable } from '../../leader/aws';
import { ownFirst, readRecord } from '../../leader/read';
import type { Clock } from '../../runtime/clock';
import { listOf } from '../../runtime/environment';
import { type BackupSettings, type CacheSettings, cacheSnapshotPrefix, type ENVIRONMENT } from '../contract';
import type { CacheService, World } from '../ports';
import { bucketView } from './buckets';
import { elastiCache } from './elasticache';
import { awsInventory } from './inventory';
import { archiveObjects, exportObjects, s3Client } from './objects';
import { rdsService } from './rds';

/**
 * Everything outside the function, behind its ports. Makes clients and calls nobody.
 * @param forcePathStyle set where another endpoint than AWS's own is asked
 */
export function awsWorld(
  environment: Readonly<Record<keyof typeof ENVIRONMENT, string>>,
  settings: BackupSettings,
  clock: Clock,
  forcePathStyle: boolean,
): World {
  const { platform, account, own, other, keyAlias, archive, cache } = settings;
  const tables = ownFirst(listOf(environment.tableRegions), own).map((region) =>
    dynamoTable(environment.table, region),
  );
  const s3 = { own: s3Client(own, forcePathStyle), other: s3Client(other, forcePathStyle) };
  const database = (region: string, from: string) =>
    rdsService({ platform, account, region, from, keyAlias }, clock);
  return {
    leadership: { read: () => readRecord(tables, clock) },
    database: { own: database(own, other), other: database(other, own) },
    ...(cache ? { cache: cacheService(settings, cache, s3.own, clock) } : {}),
    buckets: bucketView(s3, own, clock),
    inventory: { own: awsInventory(own, clock), other: awsInventory(other, clock) },
    objects: {
      own: archiveObjects(s3.own, archive.own, clock),
      other: archiveObjects(s3.other, archive.other, clock),
    },
  };
}

function cacheService(
  { platform, account, own }: BackupSettings,
  { exports }: CacheSettings,
  s3: ReturnType<typeof s3Client>,
  clock: Clock,
): CacheService {
  return {
    ...elastiCache({ platform, account, region: own }, clock),
    exports: exportObjects(s3, exports, cacheSnapshotPrefix(platform), clock),
  };
}
