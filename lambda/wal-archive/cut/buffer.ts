import { FRAME_HEAD } from '../../archive/format/frames';

/** Bytes that a buffer begins with: an idle database fills no more. */
const FIRST_BYTES = 1 << 20;

/** Frames of one segment, as they come. */
export class SegmentBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  /** Bytes of the frames so far; where the next one begins. */
  get length(): number {
    return this.#used;
  }

  /** Adds a copy of the message that stands in `bytes` from `from` up to `to`. */
  append(bytes: Buffer, from: number, to: number): void {
    const start = this.#used;
    const end = start + FRAME_HEAD + to - from;
    if (end > this.#bytes.length) this.#grow(end);
    const into = this.#bytes;
    const length = to - from;
    into[start] = length >>> 24;
    into[start + 1] = length >>> 16;
    into[start + 2] = length >>> 8;
    into[start + 3] = length;
    bytes.copy(into, start + FRAME_HEAD, from, to);
    this.#used = end;
  }

  /** Forgets what was added behind `length`. */
  rewind(length: number): void {
    this.#used = Math.min(this.#used, length);
  }

  /** @returns a view, which holds until the buffer is used again */
  view(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

/** Larger ones are left to the garbage collector: one row of a gigabyte must not hold its memory for ever. */
const KEPT_BYTES_MAX = 32 << 20;

/** Buffers in turns: memory that was touched once is quicker than fresh memory, and does not pile up. */
export class BufferPool {
  readonly #free: SegmentBuffer[] = [];

  take(): SegmentBuffer {
    return this.#free.pop() ?? new SegmentBuffer();
  }

  give(buffer: SegmentBuffer): void {
    const capacity = buffer.view(0, KEPT_BYTES_MAX + 1).length;
    buffer.rewind(0);
    if (capacity <= KEPT_BYTES_MAX) this.#free.push(buffer);
  }
}
