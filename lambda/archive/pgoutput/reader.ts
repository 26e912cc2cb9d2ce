import { HoldfastError } from '../../runtime/errors';

/** A message of pgoutput that is not what the protocol says. */
export class MalformedMessage extends HoldfastError {
  constructor(
    /** What was read when it was found, as the beginning of a sentence: `An insert`. */
    readonly what: string,
    readonly problem: string,
    /** In bytes from the beginning of the message. */
    readonly offset: number,
  ) {
    super(`${what} is malformed at byte ${offset}: ${problem}.`);
  }
}

/** Reads the fields of one message one after the other. Every read throws `MalformedMessage` if the message ends before. */
export class MessageReader {
  #offset = 0;
  readonly #bytes: Buffer;

  constructor(
    bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  skip(count: number): void {
    this.#take(count, 'bytes to pass over');
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1, 'a byte'));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2, 'a number of 2 bytes'));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4, 'a number of 4 bytes'));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4, 'a number of 4 bytes'));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8, 'a position'));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8, 'a time'));
  }

  /** @param length in bytes */
  text(length: number): string {
    const from = this.#take(length, `a text of ${length} bytes`);
    return this.#bytes.toString('utf8', from, from + length);
  }

  /** @returns a copy, so that what is kept of a message does not keep what it was received in */
  blob(length: number): Uint8Array {
    const from = this.#take(length, `a content of ${length} bytes`);
    return Uint8Array.prototype.slice.call(this.#bytes, from, from + length);
  }

  /** A text that ends with a byte of zero. */
  string(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0) this.fail('a name has no end', this.#offset);
    const found = this.#bytes.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return found;
  }

  /** @throws {MalformedMessage} if the message goes on */
  end(): void {
    const left = this.#bytes.length - this.#offset;
    if (left > 0) this.fail(`${left} bytes follow where it should end`, this.#offset);
  }

  /** The byte that was read last is none of those that may stand there. */
  unexpected(field: string, found: number): never {
    this.fail(`${field} is ${JSON.stringify(String.fromCharCode(found))}`, this.#offset - 1);
  }

  #take(count: number, field: string): number {
    const from = this.#offset;
    if (from + count > this.#bytes.length) {
      this.fail(`${field} should follow, and ${this.#bytes.length - from} bytes are left`, from);
    }
    this.#offset = from + count;
    return from;
  }

  private fail(problem: string, offset: number): never {
    throw new MalformedMessage(this.what, problem, offset);
  }
}
