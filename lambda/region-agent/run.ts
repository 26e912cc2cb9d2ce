import type { Clock } from '../runtime/clock';
import type { AgentSettings } from './contract';
import { type Memory, NOTHING } from './memory';
import type { World } from './ports';
import { watchedMs, watchMs } from './situation';
import { type Turn, takeTurn } from './turn';

/**
 * A turn is not begun with less than this left, in milliseconds. A run that Lambda ends in the middle of a turn does no
 * harm, but leaves an unfinished sentence in the log.
 */
const TURN_MS = 12_000;
/** Turns that follow each other at once, at most: something that never comes to an end must not become a storm. */
const AT_ONCE_MAX = 6;
/** While its own claim is under way. RDS is asked about the instance in each of these turns, and throttles who asks more. */
const CLAIMANT_POLL_MS = 1_000;

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
    const rest = begun + pollMs(turn, settings) - clock.monotonic();
    const wait = Math.min(rest, untilFullMs(turn, memory, settings, clock));
    if (wait > 0) await clock.sleep(wait);
  }
}

/** From the beginning of a turn to that of the next one, in milliseconds. */
function pollMs({ record }: Turn, { own, pollSeconds }: AgentSettings): number {
  const isClaimant = record?.holder === own && (record.state === 'CLAIMED' || record.state === 'PROMOTING');
  // Nobody takes writes until the claim has come to its end, so its steps do not wait for the next poll.
  return Math.min(pollSeconds * 1000, isClaimant ? CLAIMANT_POLL_MS : Number.POSITIVE_INFINITY);
}

/** How long a watch still lasts, in milliseconds: one that is full between two polls is not left waiting either. */
function untilFullMs({ record }: Turn, memory: Memory, settings: AgentSettings, clock: Clock): number {
  if (!record || record.holder === settings.own) return Number.POSITIVE_INFINITY;
  const left = watchMs({ settings, record }) - watchedMs({ memory, nowMs: clock.monotonic() });
  return left > 0 ? left : Number.POSITIVE_INFINITY;
}
