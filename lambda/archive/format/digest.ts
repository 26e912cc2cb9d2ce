import { createHash, type Hash } from 'node:crypto';
import { FRAME_HEAD } from './frames';

/**
 * What a transaction is, whatever session it was sent in: SHA-256 over its number, commit position and commit time (four,
 * eight and eight bytes, big-endian; microseconds since 1970), then over each change as sent, behind its length as in the
 * frames. Begin, Commit, Origin, Relation and Type are left out: sessions repeat them as they like.
 */

/** Which transaction it is, as its Begin says. */
export interface TransactionId {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly commitTimeUs: bigint;
}

const ID_BYTES = 20;

export class TransactionDigest {
  private count = 0;
  private hash: Hash;

  constructor(readonly transaction: TransactionId) {
    const id = Buffer.allocUnsafe(ID_BYTES);
    id.writeUInt32BE(transaction.xid, 0);
    id.writeBigUInt64BE(transaction.commitLsn, 4);
    id.writeBigInt64BE(transaction.commitTimeUs, 12);
    this.hash = createHash('sha256').update(id);
  }

  /** Number of changes so far. */
  get changes(): number {
    return this.count;
  }

  /** Adds one change. Many at once are faster by `addFrames`. */
  add(message: Uint8Array): void {
    const head = Buffer.allocUnsafe(FRAME_HEAD);
    head.writeUInt32BE(message.length);
    this.hash.update(head).update(message);
    this.count += 1;
  }

  /** Adds a run of frames that holds `changes` changes and nothing else. */
  addFrames(frames: Uint8Array, changes: number): void {
    this.hash.update(frames);
    this.count += changes;
  }

  /** @returns another one, as it is now: for a cut, or to begin again from */
  copy(): TransactionDigest {
    const copy = new TransactionDigest(this.transaction);
    copy.hash = this.hash.copy();
    copy.count = this.count;
    return copy;
  }

  /** @returns the digest of what was added so far, in hexadecimal. Ends it: whoever goes on takes a `copy` first. */
  hex(): string {
    return this.hash.digest('hex');
  }
}

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const BEFORE_THE_FIRST = Buffer.alloc(32);

/**
 * @param previous chain hash of the segment before, in hexadecimal; null at the genesis
 * @param digest of the segment
 */
export const chainHashOf = (previous: string | null, digest: Uint8Array): Buffer =>
  sha256(previous === null ? BEFORE_THE_FIRST : Buffer.from(previous, 'hex'), digest);
