/**
 * Frames: messages of pgoutput as the server sent them, each behind its length as four bytes, big-endian. The functions
 * here look at the first bytes of a message at most; rows stay as they are.
 */

/** Bytes before each message. */
export const FRAME_HEAD = 4;

/** First byte of a message. https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html */
export const KIND = {
  begin: 0x42,
  commit: 0x43,
  delete: 0x44,
  insert: 0x49,
  message: 0x4d,
  origin: 0x4f,
  relation: 0x52,
  truncate: 0x54,
  update: 0x55,
  type: 0x59,
} as const;

/** Bytes of a Begin and of a Commit. */
export const BEGIN_BYTES = 21;
export const COMMIT_BYTES = 26;

const CHANGES: readonly number[] = [KIND.insert, KIND.update, KIND.delete, KIND.truncate, KIND.message];
const IS_CHANGE = Uint8Array.from({ length: 256 }, (_, kind) => (CHANGES.includes(kind) ? 1 : 0));

/** @returns whether a message of this kind changes something: what a transaction's digest is about */
export const isChange = (kind: number): boolean => IS_CHANGE[kind] === 1;

/** @returns whether a message of this kind describes what changes refer to */
export const isDefinition = (kind: number): boolean => kind === KIND.relation || kind === KIND.type;

/** @returns the number in the four bytes at `offset`; bytes beyond the end count as 0 */
export const u32At = (bytes: Uint8Array, offset: number): number =>
  (((bytes[offset] ?? 0) << 24) |
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + 3] ?? 0)) >>>
  0;

/** @returns the number in the eight bytes at `offset` */
export const i64At = (bytes: Uint8Array, offset: number): bigint =>
  BigInt.asIntN(64, (BigInt(u32At(bytes, offset)) << 32n) | BigInt(u32At(bytes, offset + 4)));

/**
 * Gives each message between two boundaries of frames, as a view of `frames`: nothing is copied.
 * @param frames of a segment that was verified: lengths are not checked again
 */
export function* messagesIn(frames: Uint8Array, from = 0, to = frames.length): Generator<Uint8Array, void> {
  for (let at = from; at < to; ) {
    const start = at + FRAME_HEAD;
    at = start + u32At(frames, at);
    yield frames.subarray(start, at);
  }
}

/** Frames as they come, in one buffer that grows. */
export class FrameBuffer {
  private bytes: Buffer;
  private used = 0;

  /** @param capacity in bytes, to begin with */
  constructor(capacity = 1 << 16) {
    this.bytes = Buffer.allocUnsafe(Math.max(FRAME_HEAD, capacity));
  }

  /** Bytes of the frames so far; where the next one begins. */
  get length(): number {
    return this.used;
  }

  /** Adds a copy of a message. */
  append(message: Uint8Array): void {
    const end = this.used + FRAME_HEAD + message.length;
    if (end > this.bytes.length) this.grow(end);
    this.bytes.writeUInt32BE(message.length, this.used);
    this.bytes.set(message, this.used + FRAME_HEAD);
    this.used = end;
  }

  /** @returns a view, which the next `append` may leave behind or share */
  view(from = 0, to = this.used): Uint8Array {
    return this.bytes.subarray(from, to);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}
