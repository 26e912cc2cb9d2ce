import { regionOf } from '../../config/names';
import type { ManagedDatabase, Platform, Role } from '../../config/platform';
import { MONTH_DAYS, WEEK_DAYS } from '../../config/resolve-backup';
import type { BuiltRegion } from '../built';
import { type CostPart, DAYS_PER_MONTH, HOURS_PER_MONTH, partIf, timesPerMonth } from '../part';
import { databaseHourUsd, type Prices } from '../prices';
import { keptGib } from './archived';
import type { Use } from './assumptions';
import { drillsPerMonth } from './drills';

/** Part of its storage that a database fills. */
const FILLED = 0.5;
/** Of an image, with the versions that are kept. */
const REPOSITORY_GIB = 2;
/** A restored copy lives about so long: restored, topped up, verified. */
const DRILL_HOURS = 3;
const MINUTES_PER_DAY = 1440;

/** What is kept in a region: copies of the database, its archive, the cache's, objects, files and images. */
export function copyParts(
  prices: Prices,
  platform: Platform,
  role: Role,
  built: BuiltRegion | undefined,
  use: Use,
): readonly CostPart[] {
  const region = regionOf(platform, role);
  const { database, buckets } = platform;
  const repositories = built?.repositories ?? 0;
  const fileSystems = built?.fileSystems ?? 0;
  return [
    ...(database?.kind === 'managed' ? databaseCopies(prices, platform, database, region, use) : []),
    ...(database?.kind === 'managed' && role === 'home' ? drillPart(prices, platform, database) : []),
    ...archivePart(prices, platform, region, use),
    ...cacheCopies(prices, platform, region, use),
    ...partIf(buckets.length > 0 && use.objectsGib > 0, () => ({
      name: 'objects',
      region,
      usdPerMonth: use.objectsGib * prices.objects.gibMonth,
      how: `${use.objectsGib} GiB, without requests`,
    })),
    ...partIf(fileSystems > 0 && use.filesGib > 0, () => ({
      name: 'shared files',
      region,
      usdPerMonth: use.filesGib * prices.files.gibMonth,
      how: `${use.filesGib} GiB, without requests`,
    })),
    ...partIf(repositories > 0, () => ({
      name: 'images',
      region,
      usdPerMonth: repositories * REPOSITORY_GIB * prices.imagesGibMonth,
      how: `${repositories} repositories of ${REPOSITORY_GIB} GiB`,
    })),
  ];
}

/** Copies are increments: each has at most what was written since the one before, and never more than the database. */
function databaseCopies(
  prices: Prices,
  { backup }: Platform,
  { storage, retentionDays }: ManagedDatabase,
  region: string,
  { writesGib }: Use,
): readonly CostPart[] {
  const data = storage.gib * FILLED;
  const { daily, weekly, monthly } = backup.keep;
  const since = (days: number): number => Math.min(data, days * writesGib);
  const kept =
    data +
    Math.max(retentionDays, daily) * since(1) +
    weekly * since(WEEK_DAYS) +
    monthly * since(MONTH_DAYS);
  const paid = Math.max(0, kept - storage.gib);
  const locked = backup.vaultLock ? kept : 0;
  return [
    ...partIf(paid > 0, () => ({
      name: 'backups of the database',
      region,
      usdPerMonth: paid * prices.database.backupGibMonth,
      how: `${Math.round(kept)} GiB of copies, of which ${storage.gib} are free; a database that fills half of its storage`,
    })),
    ...partIf(locked > 0, () => ({
      name: 'locked backups',
      region,
      usdPerMonth: locked * prices.database.backupGibMonth,
      how: `${Math.round(locked)} GiB in the vault`,
    })),
  ];
}

function drillPart(prices: Prices, platform: Platform, database: ManagedDatabase): readonly CostPart[] {
  const hourUsd = databaseHourUsd(prices, database.instanceClass.home);
  const times = drillsPerMonth(platform);
  return partIf(hourUsd !== undefined, () => ({
    name: 'restore drill',
    region: regionOf(platform, 'home'),
    usdPerMonth:
      times *
      DRILL_HOURS *
      ((hourUsd ?? 0) + (database.storage.gib * prices.database.storageGibMonth) / HOURS_PER_MONTH),
    how: `${times.toFixed(1)} times a month ${DRILL_HOURS} h of ${database.instanceClass.home}`,
  }));
}

/** By the minute few segments are cut; all the time one a second, as long as something is written. Each is read again in each inspection. */
function archivePart(prices: Prices, platform: Platform, region: string, use: Use): readonly CostPart[] {
  const { enabled, mode, keepDays } = platform.backup.archive;
  const puts = timesPerMonth(mode === 'drain' ? 60 : 1);
  const gets = (puts / DAYS_PER_MONTH) * keepDays * drillsPerMonth(platform);
  const kept = keptGib(platform, use);
  return partIf(enabled, () => ({
    name: 'WAL archive',
    region,
    usdPerMonth:
      kept * prices.objects.gibMonth +
      (puts / 1e6) * prices.objects.millionPuts +
      (gets / 1e6) * prices.objects.millionGets,
    how: `${kept.toFixed(1)} GiB for ${keepDays} days, ${(puts / 1e6).toFixed(2)} million segments a month, ${(gets / 1e6).toFixed(2)} million read again`,
  }));
}

/** All snapshots of a day and one of each day before, exported; and ElastiCache's own, one of which is free. */
function cacheCopies(
  prices: Prices,
  { cache }: Platform,
  region: string,
  { cacheGib }: Use,
): readonly CostPart[] {
  if (!cache || cacheGib === 0) return [];
  const own = cache.snapshotRetentionDays - 1;
  const exported = Math.round(MINUTES_PER_DAY / cache.snapshotEveryMinutes) + cache.snapshotRetentionDays;
  return [
    {
      name: 'copies of the cache',
      region,
      usdPerMonth: cacheGib * (own * prices.cache.backupGibMonth + exported * prices.objects.gibMonth),
      how: `${own} snapshots and ${exported} exports of ${cacheGib} GiB`,
    },
  ];
}
