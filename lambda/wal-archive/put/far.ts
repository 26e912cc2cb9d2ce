import { head } from '../../archive/chain/head';
import { type ChainId, segmentKey } from '../../archive/contract';
import { MissingSegment } from '../../archive/damage';
import { type ObjectStore, StoreFailed } from '../../archive/store';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { sentenceOf } from '../../runtime/errors';

/**
 * The chain in the other region: a copy of the near one, byte for byte, never ahead of it and without a hole, because a
 * segment is put there only when the near region has it and the other region has the one before. So no writer can leave
 * anything there that the near chain does not have, however late it comes. A region that is away holds nothing up for
 * longer than its patience; what it lacks is copied when it is back.
 */

const ATTEMPT_MS = 6_000;
/** For how long acknowledgements wait for the other region. */
export const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 200;
const PAUSE_MS_MAX = 5_000;
const POLL_MS = 20;
/** Segments that wait in memory. */
const QUEUE_MAX = 3;

/** A segment that the near region has. */
export interface NearSegment {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export class FarCopy {
  /** Every segment up to this one is durable there; -1 if none is known to be. */
  #sequence = -1;
  #near: number;
  /** `checking`: nobody has looked yet; `level`: it has what it was given in time; `behind`: it has not. */
  #state: 'checking' | 'level' | 'behind' = 'checking';
  #queue: NearSegment[] = [];
  #troubleSince: number | undefined;
  #levelAt: number;
  #failure: string | undefined;
  #wake: () => void = () => undefined;
  #stopping = false;
  readonly #over = new AbortController();
  readonly #working: Promise<void>;

  /**
   * @param nearSequence the last segment of the near chain
   * @param changed is called when `sequence` or `awaited` has changed
   */
  constructor(
    private readonly stores: { readonly near: ObjectStore; readonly far: ObjectStore },
    private readonly clock: Clock,
    private readonly chain: ChainId,
    nearSequence: number,
    private readonly changed: () => void,
  ) {
    this.#near = nearSequence;
    this.#levelAt = clock.monotonic();
    this.#working = this.#work();
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Whether acknowledgements wait for it. */
  get awaited(): boolean {
    return this.#state !== 'behind';
  }

  /** Seconds since it had all that the near region has; 0 while it has. */
  get lagSeconds(): number {
    return this.#sequence >= this.#near ? 0 : (this.clock.monotonic() - this.#levelAt) / 1000;
  }

  /** What went wrong last, as a sentence; undefined while nothing does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Hands over the next segment; waits while too many are under way, and no longer than the patience lasts. */
  async offer(segment: NearSegment): Promise<void> {
    if (this.#sequence >= this.#near) this.#levelAt = this.clock.monotonic();
    this.#near = segment.sequence;
    // What it lacks is read from the near region then.
    if (this.#state === 'behind') return;
    this.#queue.push(segment);
    this.#wake();
    const patience = this.clock.monotonic() + PATIENCE_MS;
    while (!this.#stopping && this.awaited && this.#queue.length > QUEUE_MAX) {
      if (this.clock.monotonic() >= patience) this.#fallBehind('The other region is too slow.');
      else await this.#pause(POLL_MS);
    }
  }

  /**
   * Waits until it has everything, no longer than the patience lasts, and ends.
   * @param repairMs so long instead if it is behind and catches up
   */
  async stop(repairMs = 0): Promise<void> {
    const begun = this.clock.monotonic();
    const waits = (): boolean => {
      const waited = this.clock.monotonic() - begun;
      if (this.awaited) return waited < PATIENCE_MS;
      return this.#troubleSince === undefined && waited < repairMs;
    };
    while (!this.#stopping && this.#sequence < this.#near && waits()) await this.#pause(POLL_MS);
    if (this.#sequence < this.#near) this.#fallBehind(this.#failure ?? 'The other region gave no answer.');
    this.#stopping = true;
    this.#over.abort();
    this.#wake();
    await this.#working;
  }

  async #work(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#stopping) {
      try {
        if (this.#state === 'level') await this.#next();
        else await this.#catchUp();
        pause = FIRST_PAUSE_MS;
        this.#troubleSince = undefined;
      } catch (error) {
        this.#note(error);
        await this.#pause(pause);
        pause = Math.min(2 * pause, PAUSE_MS_MAX);
      }
    }
  }

  async #next(): Promise<void> {
    const [next] = this.#queue;
    if (!next) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#stopping) resolve();
      });
      return;
    }
    await this.#put(next.sequence, next.bytes);
    // It may have fallen behind while this was under way.
    if (this.#queue[0] === next) this.#queue.shift();
    this.#reached(next.sequence);
  }

  /** Copies what the near chain has and the far one has not, in order. */
  async #catchUp(): Promise<void> {
    const begun = this.clock.monotonic();
    let have = await this.#farHead();
    this.#reached(have);
    while (have < this.#near && !this.#stopping) {
      await this.#copy(have + 1);
      have += 1;
      this.#reached(have);
      if (this.clock.monotonic() - begun >= PATIENCE_MS) this.#fallBehind('The other region lacks a lot.');
    }
    this.#queue = this.#queue.filter(({ sequence }) => sequence > have);
    if (have < this.#near) return;
    this.#state = 'level';
    this.#failure = undefined;
    this.changed();
  }

  async #farHead(): Promise<number> {
    const { far } = this.stores;
    const chain = this.chain;
    const operation = `The listing in ${far.name}`;
    try {
      // Mostly it is level, which one listing shows.
      return await attempt(
        this.clock,
        PATIENCE_MS,
        operation,
        async () => (await head(far, chain, { from: this.#near })) ?? (await head(far, chain)) ?? -1,
      );
    } catch (error) {
      if (!(error instanceof MissingSegment)) throw error;
      // Somebody has removed it there. The rest is found by the next look.
      await this.#copyKey(error.key);
      throw error;
    }
  }

  #copy(sequence: number): Promise<void> {
    const known = this.#queue.find((one) => one.sequence === sequence);
    return known ? this.#put(sequence, known.bytes) : this.#copyKey(segmentKey(this.chain, sequence));
  }

  async #copyKey(key: string): Promise<void> {
    const { near } = this.stores;
    const bytes = await attempt(this.clock, ATTEMPT_MS, `The reading of ${key} in ${near.name}`, () =>
      near.get(key),
    );
    if (!bytes) throw new StoreFailed('get', key, near.name);
    await this.#putKey(key, bytes);
  }

  #put(sequence: number, bytes: Uint8Array): Promise<void> {
    return this.#putKey(segmentKey(this.chain, sequence), bytes);
  }

  /** One that exists is a copy of the near one: nobody puts anything else there. */
  async #putKey(key: string, bytes: Uint8Array): Promise<void> {
    const { far } = this.stores;
    await attempt(this.clock, ATTEMPT_MS, `The put of ${key} in ${far.name}`, () => far.put(key, bytes));
  }

  #reached(sequence: number): void {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    this.#troubleSince = undefined;
    this.changed();
    this.#wake();
  }

  #note(error: unknown): void {
    this.#failure = sentenceOf(error);
    const now = this.clock.monotonic();
    this.#troubleSince ??= now;
    if (now - this.#troubleSince >= PATIENCE_MS) this.#fallBehind(this.#failure);
  }

  #fallBehind(why: string): void {
    if (this.#state === 'behind') return;
    this.#state = 'behind';
    this.#failure = why;
    this.#queue = [];
    this.changed();
    this.#wake();
  }

  /** Also ends when it is told to stop. */
  async #pause(milliseconds: number): Promise<void> {
    if (this.#stopping) return;
    await this.clock.sleep(milliseconds, this.#over.signal).catch(() => undefined);
  }
}
