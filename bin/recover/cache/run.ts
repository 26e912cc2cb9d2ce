import { isWithin, type Target, targetText } from '../../../lambda/archive/restore/target';
import { cacheIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { type Ended, type Manner, pause } from '../telling';

/** A snapshot of a cache. */
export interface CacheSnapshot {
  readonly name: string;
  readonly takenMs: number;
}

/** ElastiCache, as far as a restore needs it. */
export interface CacheBackups {
  /** Snapshots of a replication group that can be used. */
  snapshots(region: string, group: string): Promise<readonly CacheSnapshot[]>;
  /** @returns its status; undefined if there is no such group */
  status(region: string, group: string): Promise<string | undefined>;
  /** Makes a new group from a snapshot, with all else as another one has it. */
  restore(region: string, group: string, snapshot: string, model: string): Promise<void>;
}

export interface CacheRequest {
  readonly target: Target;
  readonly region: string;
  /** Name of the new group behind `<platform>-cache-restore-`. */
  readonly into: string;
}

const POLL_MS = 15_000;
/** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html */
const GROUP_MAX = 40;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Makes a new replication group from the last snapshot before the target. The platform's own is left as it is. */
export async function restoreCache(
  platform: Platform,
  { target, region, into }: CacheRequest,
  port: CacheBackups,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  if (!platform.cache) return refused(`${platform.name} has no cache.`);
  if (target.kind === 'lsn') return refused('A cache has no positions: say --to latest or a time.');
  const own = cacheIdentifier(platform);
  const group = `${own}-restore-${into}`;
  if (!NAME.test(into) || group.length > GROUP_MAX)
    return refused(
      `${into} is no name for a cache: small letters, digits and single hyphens, at most ${GROUP_MAX - own.length - 9} characters.`,
    );
  let status = await port.status(region, group);
  if (status === undefined) {
    const snapshot = newest(await port.snapshots(region, own), target);
    if (!snapshot)
      return refused(`There is no snapshot of ${own} in ${region} before ${targetText(target)}.`);
    const base = `the snapshot ${snapshot.name} of ${new Date(snapshot.takenMs).toISOString()}`;
    if (manner.dryRun)
      return { outcome: 'would', sentences: [`It would make ${group} in ${region} from ${base}.`] };
    await port.restore(region, group, snapshot.name, own);
    tell(`${group} is being made in ${region} from ${base}.`);
  } else if (manner.dryRun) {
    return { outcome: 'would', sentences: [`It would wait for ${group}, which is there (${status}).`] };
  }
  while (status !== 'available') {
    if (status !== undefined) tell(`${group}: ${status}`);
    if (status !== undefined && /failed/.test(status))
      return { outcome: 'failed', sentences: [`ElastiCache could not make ${group} (${status}).`] };
    await pause(manner, POLL_MS);
    status = await port.status(region, group);
  }
  return {
    outcome: 'done',
    sentences: [
      `${group} in ${region} holds what the snapshot had.`,
      'What came after the snapshot is in no backup. Services use the old one until a person changes that.',
    ],
  };
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });

const newest = (snapshots: readonly CacheSnapshot[], target: Target): CacheSnapshot | undefined =>
  snapshots
    .filter(({ takenMs }) => isWithin(target, { endLsn: '0/0', commitTimeUs: String(takenMs * 1000) }))
    .sort((one, other) => other.takenMs - one.takenMs)[0];
