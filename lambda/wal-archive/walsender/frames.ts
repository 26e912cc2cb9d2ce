import { ProtocolViolated } from './errors';
import { COPIED, KEEPALIVE_BYTES, LOG_PREFIX_BYTES, PREFIX_BYTES, SERVER } from './protocol';

/**
 * Cuts what arrives from a socket into messages, in place. The driver's own parser makes an object and an event of each
 * message; a transaction of three small changes is five of them, and at that rate the archive would trail a busy
 * database. Here a chunk of the socket, with a thousand messages, stays one buffer with a list of numbers.
 */

/** No message of PostgreSQL is longer: a value has at most 1 GiB, and a row is sent only if it fits into one buffer. */
const MESSAGE_BYTES_MAX = 0x7fff_ffff;

/** What came in one chunk. */
export interface Frames {
  readonly bytes: Buffer;
  /** Begin and end in `bytes` of each message of the output plug-in, in turns. */
  readonly bounds: readonly number[];
  /** The furthest position that the server said it has read its log to, in keepalives; 0 if it said none. */
  readonly walEnd: bigint;
  /** Whether the server waits for an answer. */
  readonly replyRequested: boolean;
  /** Everything else, in order. */
  readonly others: readonly Other[];
}

export interface Other {
  readonly kind: number;
  readonly content: Buffer;
}

export class FrameCutter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** So many bytes are needed before there is anything to cut. */
  #needed = PREFIX_BYTES;

  /**
   * @returns undefined while not one message is complete
   * @throws {ProtocolViolated}
   */
  push(chunk: Buffer): Frames | undefined {
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    // A large message is put together once, however many chunks it comes in.
    if (this.#restBytes < this.#needed) return undefined;
    const bytes = this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest, this.#restBytes);
    const cut = new Cut(bytes);
    const end = cut.all();
    this.#keep(bytes, end);
    return end === 0 ? undefined : cut;
  }

  #keep(bytes: Buffer, from: number): void {
    const left = bytes.length - from;
    this.#rest = left === 0 ? [] : [bytes.subarray(from)];
    this.#restBytes = left;
    this.#needed = left < PREFIX_BYTES ? PREFIX_BYTES : lengthAt(bytes, from);
  }
}

/** @returns bytes of the message that begins at `from` */
function lengthAt(bytes: Buffer, from: number): number {
  const length = bytes.readUInt32BE(from + 1);
  if (length < 4 || length > MESSAGE_BYTES_MAX) {
    throw new ProtocolViolated(`a message of kind ${bytes[from]} with a length of ${length}`);
  }
  return length + 1;
}

class Cut implements Frames {
  readonly bounds: number[] = [];
  readonly others: Other[] = [];
  walEnd = 0n;
  replyRequested = false;

  constructor(readonly bytes: Buffer) {}

  /** @returns where the first incomplete message begins */
  all(): number {
    const { bytes, bounds } = this;
    let from = 0;
    while (from + PREFIX_BYTES <= bytes.length) {
      const to = from + lengthAt(bytes, from);
      if (to > bytes.length) break;
      const content = from + PREFIX_BYTES;
      if (bytes[from] !== SERVER.copyData) {
        this.others.push({ kind: bytes[from] ?? 0, content: bytes.subarray(content, to) });
      } else if (bytes[content] === COPIED.log && to - content > LOG_PREFIX_BYTES) {
        bounds.push(content + LOG_PREFIX_BYTES, to);
      } else {
        this.#keepalive(content, to);
      }
      from = to;
    }
    return from;
  }

  #keepalive(from: number, to: number): void {
    const { bytes } = this;
    if (bytes[from] !== COPIED.keepalive || to - from !== KEEPALIVE_BYTES) {
      throw new ProtocolViolated(`copied data of kind ${bytes[from]} with ${to - from} bytes`);
    }
    const walEnd = bytes.readBigUInt64BE(from + 1);
    if (walEnd > this.walEnd) this.walEnd = walEnd;
    if (bytes[from + 17] === 1) this.replyRequested = true;
  }
}
