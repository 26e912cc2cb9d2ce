import type { Continuation, IndexEntry } from '../../archive/format/segment';

/** What becomes one segment, before it has its place in the chain. */
export interface Cut {
  /** A view of a buffer, which is used again after `release`. */
  readonly frames: Buffer;
  readonly index: readonly IndexEntry[];
  readonly continues: Continuation | null;
  readonly continued: Continuation | null;
  /** Of the catalogue before the first frame; empty if unknown. */
  readonly fingerprint: string;
  /** Where the last transaction that ends here ends, in bytes of the log; undefined if none does. */
  readonly endLsn: bigint | undefined;
  /** When the last heartbeat in it was sent, on the archiver's clock; undefined if it has none. */
  readonly heartbeatMs: number | undefined;
  /** The frames are needed no more. */
  release(): void;
}

/** Where a chain is gone on with. */
export interface Resume {
  /** Transactions that end at or before it are archived. */
  readonly endLsn: bigint;
  /** Parts of the next one are archived, up to this cut. */
  readonly open: Continuation | null;
  readonly fingerprint: string;
}
