import type { ChainId } from '../contract';
import type { Continuation, Genesis, Position } from '../format/segment';

/** What a verification found out about one chain. */
export interface ChainReport {
  readonly chain: ChainId;
  /** Segments that were found intact, in at least one of the stores. */
  readonly segments: number;
  /** Transactions that end in them, and the changes that those have. */
  readonly transactions: number;
  readonly changes: number;
  /** Bytes of their objects, and of their frames before compression. */
  readonly storedBytes: number;
  readonly rawBytes: number;
  /** Numbers of the first and of the last segment; null if nothing was found. Old ones expire. */
  readonly from: number | null;
  readonly to: number | null;
  /** The first and the last transaction that end there. */
  readonly first: Position | null;
  readonly last: Position | null;
  /** How the chain began; null if that was not read. */
  readonly genesis: Genesis | null;
  /** A transaction at the end whose commit is not archived. */
  readonly open: Continuation | null;
  /** In the order of the keys; none is what everybody hopes for. */
  readonly findings: readonly Finding[];
}

/** One object that is not as it must be. */
export interface Finding {
  readonly key: string;
  /** The store's name. */
  readonly store: string;
  /**
   * - `missing`: there is none, and there are later ones, or the other store has it
   * - `corrupt`: it is not as it was written
   * - `broken`: it is intact, and does not follow from the one before
   * - `differs`: it is intact, and not the same as in the other store
   * - `unknown`: it has no key of a segment
   * - `unread`: the store did not give it
   */
  readonly kind: 'missing' | 'corrupt' | 'broken' | 'differs' | 'unknown' | 'unread';
  /** A sentence for a person, which names the object. */
  readonly sentence: string;
}

/** A chain that begins with something possibly missing before it, as its genesis tells. */
export interface Gap {
  readonly chain: ChainId;
  readonly why: Genesis['why'];
  readonly sentence: string;
}

/** What a verification found out about all chains of a database. */
export interface DatabaseReport {
  readonly chains: readonly ChainReport[];
  readonly gaps: readonly Gap[];
  /** Whether there is no finding in any chain. Gaps are no findings: the archive is what it says. */
  readonly intact: boolean;
}

/** Given while a verification goes on, once for each segment. */
export interface Progress {
  readonly chain: ChainId;
  readonly sequence: number;
  /** So far, in this chain. */
  readonly segments: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
}
