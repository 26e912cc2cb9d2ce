import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import type { AgentSettings } from './contract';
import { type Memory, NOTHING, sawRecord } from './memory';
import { ifKnown } from './observation';
import type { World } from './ports';
import { untilRenewableMs, watchedMs, watchMs } from './situation';
import { type Turn, takeTurn } from './turn';

/**
 * A turn is not begun with less than this left, in milliseconds. A run that Lambda ends in the middle of a turn does no
 * harm, but leaves an unfinished sentence in the log.
 */
const TURN_MS = 12_000;
/** Turns that follow each other at once, at most: something that never comes to an end must not become a storm. */
const AT_ONCE_MAX = 6;
/**
 * While its own claim is under way the polls follow each other quickly after each step of it, and then each after twice the
 * time of the one before: RDS is asked about the instance in each of these turns, and throttles who asks more than once a
 * second for long.
 */
const CLAIMANT_POLL_MS = { first: 50, longest: 1_000 } as const;
/** How often who watches another holder looks at the record between its turns while a renewal may come, in milliseconds. */
const LOOK_MS = 250;
/** Longest time for which a look is waited for, in milliseconds. */
const LOOK_MAX_MS = 1_000;

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
  let claim: Claim | undefined;
  for (;;) {
    const begun = clock.monotonic();
    if (begun + TURN_MS > deadline) return;
    const { turn, memory: after } = await takeTurn(world, settings, clock, memory);
    memory = after;
    report(turn);
    atOnce = turn.again ? atOnce + 1 : 0;
    if (turn.again && atOnce <= AT_ONCE_MAX) continue;
    claim = isClaimant(turn, settings) ? afterTurn(claim, turn) : undefined;
    // Polls keep their distance however long a turn takes: what is watched must not be read too rarely.
    memory = await rest(world, settings, clock, { turn, memory, untilMs: begun + pollMs(settings, claim) });
  }
}

interface Rest {
  /** The turn that is over. */
  readonly turn: Turn;
  readonly memory: Memory;
  /** When the next one is to begin, on the monotonic clock. */
  readonly untilMs: number;
}

/**
 * Waits for the next turn. Who watches another holder looks at the record meanwhile: a renewal is then seen within a look
 * and not within a poll of it, by which a watch would otherwise last longer than it must. A look that fails says nothing:
 * the next one that sees the same version shows that nobody wrote in between, and too long a gap breaks a watch anyway.
 * @returns what is known at the end
 */
async function rest(world: World, settings: AgentSettings, clock: Clock, over: Rest): Promise<Memory> {
  const { turn, untilMs } = over;
  let { memory } = over;
  for (;;) {
    const nowMs = clock.monotonic();
    const left = Math.min(untilMs - nowMs, untilFullMs(turn, memory, settings, nowMs));
    if (left <= 0) return memory;
    const untilLook = watches(turn, settings)
      ? Math.max(LOOK_MS, untilRenewableMs({ memory, settings, nowMs }))
      : Number.POSITIVE_INFINITY;
    await clock.sleep(Math.min(left, untilLook));
    if (left <= untilLook) return memory;
    memory = await look(world, clock, memory, untilMs - clock.monotonic());
  }
}

/** @param leftMs until the next turn, which no look holds up */
async function look(world: World, clock: Clock, memory: Memory, leftMs: number): Promise<Memory> {
  const limit = Math.min(LOOK_MAX_MS, leftMs);
  const seen = await attempt(clock, limit, 'A look at the record', () => world.leadership.read()).catch(
    () => undefined,
  );
  return seen ? sawRecord(memory, seen, clock.monotonic()) : memory;
}

const watches = ({ record }: Pick<Turn, 'record'>, { own }: AgentSettings): boolean =>
  record !== undefined && record.holder !== own;

/** Nobody takes writes until its claim has come to its end, so the steps of that do not wait for a whole poll. */
const isClaimant = ({ record }: Turn, { own }: AgentSettings): boolean =>
  record?.holder === own && (record.state === 'CLAIMED' || record.state === 'PROMOTING');

/** How far the own claim has come, and how many turns in a row have found it there. */
interface Claim {
  readonly step: string;
  readonly turns: number;
}

function afterTurn(before: Claim | undefined, { record, seen }: Turn): Claim {
  const database = ifKnown(seen.database);
  const step = `${record?.state} ${database === undefined ? 'unknown' : database.inRecovery}`;
  return { step, turns: before?.step === step ? before.turns + 1 : 1 };
}

/** From the beginning of a turn to that of the next one, in milliseconds. */
function pollMs({ pollSeconds }: AgentSettings, claim: Claim | undefined): number {
  const { first, longest } = CLAIMANT_POLL_MS;
  const hurried = claim ? Math.min(longest, first * 2 ** (claim.turns - 1)) : Number.POSITIVE_INFINITY;
  return Math.min(pollSeconds * 1000, hurried);
}

/** How long a watch still lasts, in milliseconds: one that is full between two polls is not left waiting either. */
function untilFullMs({ record }: Turn, memory: Memory, settings: AgentSettings, nowMs: number): number {
  if (!record || !watches({ record }, settings)) return Number.POSITIVE_INFINITY;
  const left = watchMs({ settings, record }) - watchedMs({ memory, nowMs });
  return left > 0 ? left : Number.POSITIVE_INFINITY;
}
