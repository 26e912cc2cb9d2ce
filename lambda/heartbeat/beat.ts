import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { Listener } from './ports';

/** Some regions did not hear. They will page for it themselves. */
export class NotHeard extends HoldfastError {
  constructor(readonly regions: readonly string[]) {
    super(`No heartbeat could be written into ${regions.join(' and ')}.`);
  }
}

/**
 * One heartbeat for every region that listens. Each is told at once and by itself: a region that is gone must not keep
 * the others from hearing, or its loss would look like that of the region that beats.
 * @throws {NotHeard} after all were tried
 */
export async function beat(listeners: readonly Listener[], log: Log): Promise<void> {
  const deaf = await Promise.all(
    listeners.map(async ({ region, hear }) => {
      try {
        await hear();
        return [];
      } catch (error) {
        log('not-heard', { region, reason: sentenceOf(error) });
        return [region];
      }
    }),
  );
  const regions = deaf.flat();
  if (regions.length > 0) throw new NotHeard(regions);
}
