import type { Codec } from '../../archive/format/codec';
import { type SegmentBody, type SegmentStart, seal } from '../../archive/format/seal';
import type { IndexEntry } from '../../archive/format/segment';
import type { ObjectStore } from '../../archive/store';
import type { Clock } from '../../runtime/clock';
import type { Cut } from '../cut/cut';
import { append } from './append';
import type { FarCopy } from './far';

/**
 * From a cut to its acknowledgement. Segments are compressed at the same time, but put one after the other, so that the
 * chain never has a hole; the far region follows the near one. What is acknowledged is durable in both, or in the near one
 * if the far one is not waited for; and everything before it is.
 */

/** Segments that are compressed or put at one time: what bounds the memory. */
const UNDER_WAY_MAX = 2;

/** Compresses frames and index. */
export type Compress = (
  frames: Uint8Array,
  index: readonly IndexEntry[],
  codec: Codec,
) => Promise<SegmentBody>;

/** The end of the near chain. */
export interface Tip {
  readonly chain: SegmentStart['chain'];
  readonly timeline: number;
  readonly sequence: number;
  readonly chainHash: string;
}

/** A segment that the near region has. */
export interface Written {
  readonly sequence: number;
  readonly key: string;
  readonly transactions: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  /** Where the last transaction that ends in it ends; undefined if none does. */
  readonly endLsn: bigint | undefined;
  readonly heartbeatMs: number | undefined;
}

export interface PipelineOptions {
  readonly near: ObjectStore;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly compress: Compress;
  /** The near region has it. */
  readonly written: (segment: Written) => void;
  /** It may be acknowledged. */
  readonly durable: (segment: Written) => void;
}

export class Pipeline {
  #sequence: number;
  #previous: string;
  #tail: Promise<void> = Promise.resolve();
  #underWay = 0;
  #failure: unknown;
  #far: FarCopy | undefined;
  /** Written and not durable yet, in order. */
  readonly #waiting: Written[] = [];
  #wake: () => void = () => undefined;

  constructor(
    private readonly tip: Tip,
    private readonly options: PipelineOptions,
  ) {
    this.#sequence = tip.sequence;
    this.#previous = tip.chainHash;
  }

  /** Has the far region follow; without one, what is near is durable. */
  follow(far: FarCopy): void {
    this.#far = far;
  }

  /** Whether everything that was pushed is durable. */
  get isIdle(): boolean {
    return this.#underWay === 0 && this.#waiting.length === 0;
  }

  /**
   * Takes a cut; waits while too many are under way.
   * @throws what a put before it has thrown: nothing is put after that
   */
  async push(cut: Cut): Promise<void> {
    while (this.#underWay >= UNDER_WAY_MAX && this.#failure === undefined) await this.#change();
    this.check();
    this.#underWay += 1;
    const { codec, compress } = this.options;
    const body = compress(cut.frames, cut.index, codec);
    // Its turn comes later; until then nobody listens.
    body.catch(() => undefined);
    this.#tail = this.#tail.then(() => this.#write(cut, body));
  }

  /** @throws what a put has thrown */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Waits until everything is written near.
   * @throws what a put has thrown
   */
  async drain(): Promise<void> {
    await this.#tail;
    this.check();
  }

  /** The far region has got further, or is waited for no more. */
  settle(): void {
    const far = this.#far;
    for (;;) {
      const [next] = this.#waiting;
      if (!next || (far?.awaited && far.sequence < next.sequence)) return;
      this.#waiting.shift();
      this.options.durable(next);
    }
  }

  async #write(cut: Cut, packing: Promise<SegmentBody>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      const body = await packing;
      cut.release();
      await this.#put(cut, body);
    } catch (error) {
      this.#failure = error ?? new Error('A put failed without saying why.');
    } finally {
      this.#underWay -= 1;
      this.#wake();
    }
  }

  async #put(cut: Cut, body: SegmentBody): Promise<void> {
    const { near, clock, written } = this.options;
    const { chain, timeline } = this.tip;
    const { fingerprint, continues, continued, index } = cut;
    const sequence = this.#sequence + 1;
    const previous = this.#previous;
    const start = { chain, sequence, timeline, fingerprint, previous, continues, continued };
    const sealed = seal(start, body);
    const { bytes, chainHash } = await append(near, clock, sealed, index);
    this.#sequence = sequence;
    this.#previous = chainHash;
    const segment: Written = {
      sequence,
      key: sealed.key,
      transactions: index.length,
      rawBytes: body.rawBytes,
      storedBytes: bytes.length,
      endLsn: cut.endLsn,
      heartbeatMs: cut.heartbeatMs,
    };
    written(segment);
    this.#waiting.push(segment);
    await this.#far?.offer({ sequence, bytes });
    this.settle();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
