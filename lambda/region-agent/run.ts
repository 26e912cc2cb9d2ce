import type { Clock } from '../runtime/clock';
import type { AgentSettings } from './contract';
import { NOTHING } from './memory';
import type { World } from './ports';
import { type Turn, takeTurn } from './turn';

/**
 * A turn is not begun with less than this left, in milliseconds. A run that Lambda ends in the middle of a turn does no
 * harm, but leaves an unfinished sentence in the log.
 */
const TURN_MS = 12_000;
/** Turns that follow each other at once, at most: something that never comes to an end must not become a storm. */
const AT_ONCE_MAX = 6;

/**
 * Turns until the time is up. Runs begin every minute and overlap, also with those of an earlier version; each
 * remembers only what it has seen itself.
 * @param deadline on the monotonic clock, in milliseconds
 * @param report told of each turn
 */
export async function run(
  world: World,
  settings: AgentSettings,
  clock: Clock,
  deadline: number,
  report: (turn: Turn) => void,
): Promise<void> {
  let memory = NOTHING;
  let atOnce = 0;
  for (;;) {
    const begun = clock.monotonic();
    if (begun + TURN_MS > deadline) return;
    const { turn, memory: after } = await takeTurn(world, settings, clock, memory);
    memory = after;
    report(turn);
    atOnce = turn.again ? atOnce + 1 : 0;
    if (turn.again && atOnce <= AT_ONCE_MAX) continue;
    // Polls keep their distance however long a turn takes: what is watched must not be read too rarely.
    const rest = begun + settings.pollSeconds * 1000 - clock.monotonic();
    if (rest > 0) await clock.sleep(rest);
  }
}
