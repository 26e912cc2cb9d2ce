import type { Stage } from './scenario';

/** What commands of Holdfast say about the archive of the log. */

/** @param printed by `holdfast archive ls --json` @returns commit time of the last transaction, in milliseconds since 1970; 0 if there is none */
export const archivedUntilMs = (printed: string): number =>
  Math.max(
    0,
    ...[...printed.matchAll(/"commitTimeUs":\s*"?(\d+)/g)].map(
      ([, microseconds]) => Number(microseconds) / 1000,
    ),
  );

/** @param printed by `holdfast restore` @returns how many transactions came from the archive and not from the backup */
export const addedByTheArchive = (printed: string): number =>
  [...printed.matchAll(/(\d+) transactions with \d+ changes were added/g)].reduce(
    (total, [, count]) => total + Number(count),
    0,
  );

/** Looks in between, in seconds of the platform's time: a schedule runs each minute. */
const LOOK_SECONDS = 15;
const LOOKS = 20;

/**
 * Waits until the archive has a moment: it trails the database by up to a minute.
 * @param time in ISO 8601
 * @throws if it does not come
 */
export async function untilArchived(stage: Stage, time: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    // It fails while there is no archive at all.
    const printed = await stage
      .holdfast('archive', 'ls', '--json', '--region', stage.world.region(stage.leader()))
      .catch(() => '');
    if (archivedUntilMs(printed) >= Date.parse(time)) return;
    await stage.pass(LOOK_SECONDS);
  }
  throw new Error(`The archive has not reached ${time} after ${LOOKS * LOOK_SECONDS} s.`);
}
