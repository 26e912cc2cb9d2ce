import { PLACES, type Place } from './places';
import type { Random } from './random';

/** One-way delay within a region and between two of them, in milliseconds: the shortest, and the mean of what is added. */
const WITHIN = { least: 0.5, added: 1 };
const ACROSS = { least: 28, added: 8 };
/** The longest that a message takes which went astray, in milliseconds. */
const STRAY_MS_MAX = 40_000;

/**
 * Messages between places. Each direction of each pair can be cut by itself, any number of faults at once, and can be
 * slow; any message can be lost.
 */
export class Network {
  /** Share of all messages between two places that is lost. */
  lossShare = 0;
  /** Share of all messages that goes astray and arrives many seconds late. */
  strayShare = 0;
  private readonly cuts = new Map<string, number>();
  private readonly delays = new Map<string, number>();
  private readonly dead = new Set<Place>();

  constructor(private readonly random: Random) {}

  /** @param count +1: one more fault cuts this direction; -1: one less */
  cut(from: Place, to: Place, count: 1 | -1): void {
    const key = keyOf(from, to);
    this.cuts.set(key, (this.cuts.get(key) ?? 0) + count);
  }

  /** Cuts, or mends, both directions between a place and several others. */
  isolate(place: Place, from: readonly Place[], count: 1 | -1): void {
    for (const other of from) {
      if (other === place) continue;
      this.cut(place, other, count);
      this.cut(other, place, count);
    }
  }

  /** @param milliseconds added to each message on average; negative to take it back */
  slow(from: Place, to: Place, milliseconds: number): void {
    const key = keyOf(from, to);
    this.delays.set(key, (this.delays.get(key) ?? 0) + milliseconds);
  }

  /** A place that is dead sends and receives nothing. */
  setDead(place: Place, dead: boolean): void {
    if (dead) this.dead.add(place);
    else this.dead.delete(place);
  }

  isDead(place: Place): boolean {
    return this.dead.has(place);
  }

  /** Whether a message sent now would arrive, but for chance. */
  connects(from: Place, to: Place): boolean {
    if (this.dead.has(from) || this.dead.has(to)) return false;
    return from === to || (this.cuts.get(keyOf(from, to)) ?? 0) === 0;
  }

  /** Whether a message sent now is lost on its way. */
  loses(from: Place, to: Place): boolean {
    if (!this.connects(from, to)) return true;
    return from !== to && this.random.chance(this.lossShare);
  }

  /** @returns how long a message takes, in milliseconds */
  delay(from: Place, to: Place): number {
    const { least, added } = from === to ? WITHIN : ACROSS;
    if (this.random.chance(this.strayShare)) return this.random.spread(500, STRAY_MS_MAX);
    const slow = this.delays.get(keyOf(from, to)) ?? 0;
    return least - (added + slow) * Math.log(1 - this.random.next());
  }
}

const INDEX = new Map(PLACES.map((place, index) => [place, index]));
const KEYS = PLACES.map((from) => PLACES.map((to) => `${from}>${to}`));
const keyOf = (from: Place, to: Place): string =>
  KEYS[INDEX.get(from) ?? 0]?.[INDEX.get(to) ?? 0] ?? `${from}>${to}`;
