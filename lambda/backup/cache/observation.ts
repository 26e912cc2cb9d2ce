import type { LeadershipRecord } from '../../leader/record';
import type { Seen } from '../seen';

export interface CacheNode {
  readonly id: string;
  readonly primary: boolean;
}

export interface CacheGroup {
  /** `available`, `modifying`, `snapshotting`. */
  readonly status: string;
  readonly nodes: readonly CacheNode[];
}

/** A snapshot that ElastiCache did not take by itself. */
export interface CacheSnapshot {
  readonly name: string;
  /** Node that it was taken from; null if ElastiCache names none. */
  readonly node: string | null;
  /** `creating`, `available`, `exporting`, `failed`. */
  readonly status: string;
  /** Milliseconds since 1970; null while ElastiCache does not say. */
  readonly takenMs: number | null;
}

/** A snapshot as an object in the bucket of exports. */
export interface CacheExport {
  /** Of the snapshot. */
  readonly name: string;
  readonly bytes: number;
}

export interface CacheObservation {
  readonly leadership: Seen<LeadershipRecord | undefined>;
  /** Its value is undefined if there is no such group. */
  readonly group: Seen<CacheGroup | undefined>;
  readonly snapshots: Seen<readonly CacheSnapshot[]>;
  readonly exports: Seen<readonly CacheExport[]>;
}
