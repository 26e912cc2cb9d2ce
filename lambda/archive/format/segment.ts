import type { ChainId } from '../contract';

/** What stands at the beginning of every segment, before its frames. Positions are written `0/16B3748`. */
export interface SegmentHeader {
  readonly chain: ChainId;
  /** 0 is the genesis of the chain, which holds no frames. */
  readonly sequence: number;
  readonly timeline: number;
  readonly codec: 'zstd' | 'gzip';
  /** Bytes of the frames before compression. */
  readonly rawBytes: number;
  /** `holdfast.catalogue_fingerprint()` as it was last known before the first frame; empty if unknown. */
  readonly fingerprint: string;
  /** Chain hash of the segment before, in hexadecimal; null at the genesis. */
  readonly previous: string | null;
  /** The first and the last transaction that *ends* here; null if none does. */
  readonly first: Position | null;
  readonly last: Position | null;
  /**
   * Set where the frames begin or end within a transaction, which is then in several segments: a huge one. It counts only
   * once the segment with its commit exists.
   */
  readonly continues: Continuation | null;
  readonly continued: Continuation | null;
  /** Only at the genesis. */
  readonly genesis?: Genesis;
}

export interface Position {
  /** `end_lsn` of the commit. */
  readonly endLsn: string;
  readonly commitTimeUs: string;
}

/** Where a transaction that is in several segments is cut. */
export interface Continuation {
  readonly xid: number;
  readonly commitLsn: string;
  /** So many of its changes lie before the cut. */
  readonly changes: number;
  /** SHA-256 of those changes in hexadecimal, as `TransactionDigest` makes it. */
  readonly digest: string;
}

/** How a chain began. */
export interface Genesis {
  /** `confirmed_flush_lsn` of the slot: transactions that end at or before it are not in this chain. */
  readonly startLsn: string;
  /** `epoch`: the first chain of an epoch. `gap`: the slot lost what the chain before did not have yet. */
  readonly why: 'first' | 'epoch' | 'gap';
  /** The chain before, and the last transaction of it that this database has; null if there is none. */
  readonly follows: {
    readonly chain: ChainId;
    readonly sequence: number;
    readonly last: Position | null;
  } | null;
  /** What may be missing between the two, for a person; null if nothing is. */
  readonly gap: string | null;
}

/** One transaction that ends in a segment, in the index. */
export interface IndexEntry {
  readonly xid: number;
  readonly endLsn: string;
  readonly commitTimeUs: string;
  /** Where its first frame in this segment begins, in bytes of the uncompressed frames. */
  readonly offset: number;
  /** Number of its changes in all segments. */
  readonly changes: number;
  /** SHA-256 of its changes in hexadecimal, without what differs from session to session. */
  readonly digest: string;
}

/** A segment that was read and found intact. */
export interface Segment {
  readonly header: SegmentHeader;
  readonly index: readonly IndexEntry[];
  /** Uncompressed: messages of pgoutput, each behind its length as four bytes, big-endian. */
  readonly frames: Uint8Array;
  /** SHA-256 over everything before it in the object, in hexadecimal. */
  readonly digest: string;
  /** SHA-256 over the previous chain hash and the digest, in hexadecimal: the next segment's `previous`. */
  readonly chainHash: string;
}
