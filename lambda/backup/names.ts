import { cacheSnapshotPrefix, databaseSnapshotPrefix } from './contract';
import { type Due, stampOf, timeOfStamp } from './schedule';

/**
 * Names are fixed functions of what a backup is for: whoever comes second, or again after a crash, finds that it exists.
 * Length of a stamp: `20261121-0200`.
 */
const STAMP = 13;

/** RDS takes 255 letters, digits and single hyphens. */
export const databaseSnapshotName = (identifier: string, { schedule, dueMs }: Due): string =>
  `${databaseSnapshotPrefix(identifier)}${schedule}-${stampOf(dueMs)}`;

/** @returns for what a snapshot was taken; undefined if its name is none of ours */
export function dueOfDatabaseSnapshot(identifier: string, name: string): Due | undefined {
  const prefix = databaseSnapshotPrefix(identifier);
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  const schedule = rest.slice(0, -STAMP - 1);
  const dueMs = timeOfStamp(rest.slice(-STAMP));
  return dueMs === undefined || schedule === '' || rest.at(-STAMP - 1) !== '-'
    ? undefined
    : { schedule, dueMs };
}

/** ElastiCache takes 40 letters, digits and hyphens; a platform's name has 18 at most. */
export const cacheSnapshotName = (platform: string, dueMs: number): string =>
  `${cacheSnapshotPrefix(platform)}${stampOf(dueMs)}`;

/** @returns for which time a snapshot was taken; undefined if its name is none of ours */
export function timeOfCacheSnapshot(platform: string, name: string): number | undefined {
  const prefix = cacheSnapshotPrefix(platform);
  return name.startsWith(prefix) ? timeOfStamp(name.slice(prefix.length)) : undefined;
}
