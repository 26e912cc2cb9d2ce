import { HoldfastError } from '../../../lambda/runtime/errors';
import { archiveBucket, databaseIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { type Manner, pause } from '../telling';
import type { SharedSnapshot, SharedSnapshots } from './ports';

/**
 * A platform that is rebuilt in another account has no backup of its own there. What the lost account shares cannot be
 * restored from where it is, because it is encrypted with a key of that account: it is copied first, under the key of the
 * account that the platform is rebuilt in, and is a backup like any other from then on.
 */

const POLL_MS = 30_000;

/** The copy of a shared snapshot: named by the time that it is of, so that the same command goes on with it. */
export const adoptedName = (platform: Platform, { takenMs }: SharedSnapshot): string =>
  `${databaseIdentifier(platform)}-shared-${new Date(takenMs).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}`;

/** A copy that RDS has given up. */
export class CopyFailed extends HoldfastError {
  constructor(
    readonly snapshot: string,
    readonly region: string,
    status: string,
  ) {
    super(
      `RDS could not copy ${snapshot} in ${region} (${status}): look at its events, delete the copy (aws rds delete-db-snapshot --region ${region} --db-snapshot-identifier ${snapshot}) and say the same command again`,
    );
  }
}

/** Begins to copy; what is begun already goes on. */
export async function beginCopy(
  platform: Platform,
  snapshot: SharedSnapshot,
  shared: SharedSnapshots,
): Promise<void> {
  const name = adoptedName(platform, snapshot);
  if (await shared.status(snapshot.region, name)) return;
  await shared.copy(snapshot, name, { 'holdfast:platform': platform.name, 'holdfast:part': 'Recovery' });
}

/** Waits for the copy. RDS has no end of its own for this. */
export async function copied(
  platform: Platform,
  snapshot: SharedSnapshot,
  shared: SharedSnapshots,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<void> {
  const name = adoptedName(platform, snapshot);
  let last: number | undefined;
  for (;;) {
    const found = await shared.status(snapshot.region, name);
    if (found?.status === 'available') return;
    if (found && !/^(creating|copying|pending|unknown)$/.test(found.status))
      throw new CopyFailed(name, snapshot.region, found.status);
    const percent = found?.percent ?? 0;
    if (percent !== last) tell(`${name} is being copied: ${percent} %.`);
    last = percent;
    await pause(manner, POLL_MS);
  }
}

/** What of the lost account no command here can reach. */
export const leftThere = (platform: Platform, { account, region }: SharedSnapshot): readonly string[] => {
  const theirs = archiveBucket({ ...platform, account }, region);
  return [
    `What committed after the snapshot is in the archive of the account ${account}: let that account grant reading, say aws s3 sync s3://${theirs} s3://${archiveBucket(platform, region)}, then npx holdfast restore --to latest --into with-archive.`,
    `Objects, images and values of secrets of the account ${account} are brought over by hand: docs/guides/backup-and-restore.md.`,
  ];
};
