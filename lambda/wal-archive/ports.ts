import type { ChainId } from '../archive/contract';
import type { IndexEntry } from '../archive/format/segment';
import type { ObjectStore } from '../archive/store';

/** Everything outside the archiver. */

/** What was received in one go. */
export interface Received {
  readonly bytes: Buffer;
  /** Begin and end in `bytes` of each message of pgoutput, in turns. */
  readonly bounds: readonly number[];
  /** Everything that ended before this position of the log has been received; 0 if the server said nothing of it yet. */
  readonly walEnd: bigint;
}

/** The log as the slot gives it, from its confirmed position on. */
export interface WalStream {
  /**
   * @returns undefined if nothing came within the time
   * @throws what ended the stream, after everything that came before it
   */
  receive(milliseconds: number): Promise<Received | undefined>;
  /** Tells the server that every commit that ends at or before this is durable. It may forget them. */
  acknowledge(endLsn: bigint): void;
  /** Ends it in order where the server takes part, within seconds. Throws nothing. */
  end(): Promise<void>;
}

/** A connection to a walsender. */
export interface ReplicationSession {
  identify(): Promise<Identity>;
  /**
   * Begins to read the slot; the session is the stream's from then on.
   * @throws {SlotActive} if another one reads it
   */
  start(slot: string, publication: string): Promise<WalStream>;
  end(): Promise<void>;
}

export interface Identity {
  /** System identifier of the cluster, in decimal. */
  readonly system: string;
  readonly timeline: number;
}

/** The slot, as `pg_replication_slots` has it. */
export interface SlotStatus {
  /** Commits that end at or before it are not sent again. */
  readonly confirmedLsn: string;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string;
  /** Bytes of the log that it keeps. */
  readonly keptBytes: number;
  /** Whether it was there before anybody could write under the lease: otherwise commits may be missing before it. */
  readonly complete: boolean;
}

/** The database that is archived. */
export interface SourceStatus {
  readonly database: string;
  /** Why this one is not the writer of its epoch, as a sentence; null if it is. */
  readonly notWriter: string | null;
  /** Of the lease that the database is written under. */
  readonly epoch: number;
  /** Up to here the log is on disk. */
  readonly flushLsn: string;
  readonly slot: SlotStatus | undefined;
  /** How many objects and transactions there are that cannot be archived. */
  readonly unarchivable: number;
}

/** An ordinary session in the database. Everything throws if the database could not be asked. */
export interface SourceSession {
  readonly presence: Presence;
  observe(): Promise<SourceStatus>;
  /**
   * Writes the values of sequences and a heartbeat into the log.
   * @param atMs on the archiver's clock
   * @param whole the values of all sequences, and not only of those that have changed
   */
  heartbeat(atMs: number, whole: boolean): Promise<void>;
  /** @returns what the catalogue is like, in short */
  fingerprint(): Promise<string>;
  /** Makes the slot, also in place of one that is lost. Waits for open write transactions, within limits. */
  makeSlot(): Promise<void>;
  end(): Promise<void>;
}

export type Archived = Pick<IndexEntry, 'xid' | 'endLsn' | 'commitTimeUs'>;

/** Whether the database has transactions of a chain, which another server may have written. */
export interface Presence {
  /**
   * @param transactions of the chain, in commit order
   * @returns how many of them it has, by itself or because a restore has replayed them: the first ones; or why nobody can
   *   tell
   */
  lastPresent(
    transactions: readonly Archived[],
    chain: ChainId,
  ): Promise<{ readonly count: number } | { readonly unknown: string }>;
}

/** All of it. */
export interface World {
  /** Authoritative for the chains of the own database. */
  readonly near: ObjectStore;
  readonly far: ObjectStore;
  replication(): Promise<ReplicationSession>;
  source(): Promise<SourceSession>;
}
