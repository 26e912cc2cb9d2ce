import type { TransactionDigest, TransactionId } from '../../archive/format/digest';
import { lsnText } from '../../archive/format/positions';
import type { Continuation, IndexEntry } from '../../archive/format/segment';
import type { SegmentBuffer } from './buffer';

/**
 * A transaction between its begin and its commit. Its changes are hashed in runs of frames as they stand in the buffer:
 * one call for many.
 */
export class OpenTransaction {
  #runStart: number;
  #runLength = 0;

  /**
   * @param digest of what comes before this segment
   * @param offset where its first frame in the segment begins
   */
  constructor(
    readonly id: TransactionId,
    private readonly digest: TransactionDigest,
    private readonly buffer: SegmentBuffer,
    readonly offset: number,
  ) {
    this.#runStart = buffer.length;
  }

  /** A change was appended to the buffer. */
  changed(): void {
    this.#runLength += 1;
  }

  /** What is appended next is no change. */
  endRun(): void {
    if (this.#runLength === 0) return;
    this.digest.addFrames(this.buffer.view(this.#runStart, this.buffer.length), this.#runLength);
    this.#runLength = 0;
  }

  /** What is appended next is a change. */
  beginRun(): void {
    this.#runStart = this.buffer.length;
  }

  /** @returns where it is cut if the segment ends now */
  cut(): Continuation {
    this.endRun();
    return cutOf(this.id, this.digest);
  }

  /** @returns it as it goes on at the beginning of another segment */
  inNext(buffer: SegmentBuffer): OpenTransaction {
    return new OpenTransaction(this.id, this.digest, buffer, 0);
  }

  /** Ends it. @returns its entry in the index */
  entry(endLsn: bigint): IndexEntry {
    this.endRun();
    const { xid, commitTimeUs } = this.id;
    return {
      xid,
      endLsn: lsnText(endLsn),
      commitTimeUs: String(commitTimeUs),
      offset: this.offset,
      changes: this.digest.changes,
      digest: this.digest.hex(),
    };
  }
}

/** @returns the cut of a transaction behind the changes that the digest has */
export const cutOf = ({ xid, commitLsn }: TransactionId, digest: TransactionDigest): Continuation => ({
  xid,
  commitLsn: lsnText(commitLsn),
  changes: digest.changes,
  digest: digest.copy().hex(),
});
