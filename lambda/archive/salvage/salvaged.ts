/** What salvage tells of a transaction that a promoted database lacks. Times are microseconds since 1970, UTC. */

export interface SalvageSummary {
  /** Chain that was left, as its key prefix, and the one that follows it. */
  readonly left: string;
  readonly follows: string;
  /** Last transaction of the left chain that the new epoch began with; null if it began with none. */
  readonly shared: { readonly endLsn: string; readonly commitTimeUs: string } | null;
  /** Last transaction that the archive has of the left chain; null if it has none. */
  readonly head: { readonly endLsn: string; readonly commitTimeUs: string } | null;
  /**
   * Within which time somebody may have committed what the archive never saw; null if the old side was read to its end,
   * or if nothing can be there. `until` is null if nobody knows when the old side stopped.
   */
  readonly beyond: { readonly fromUs: string; readonly untilUs: string | null } | null;
  /** Whether the rest was read from the old side itself. */
  readonly completed: boolean;
}

export interface SalvagedTransaction {
  readonly xid: number;
  readonly endLsn: string;
  readonly commitTimeUs: string;
  /** `unknown`: the database has forgotten so old transactions. */
  readonly presence: 'absent' | 'unknown';
  /** Where it was found. */
  readonly from: 'archive' | 'old side';
  readonly tables: readonly string[];
  /** Number of its changes of rows. */
  readonly changes: number;
  /** The first of them. */
  readonly rows: readonly SalvagedRow[];
  /** So many more are not shown. */
  readonly more: number;
  /** Why it cannot be applied as it is, one sentence each; empty if nothing stands against it. */
  readonly conflicts: readonly string[];
  /** `end_lsn` of lost transactions that changed the same rows before. */
  readonly needs: readonly string[];
  /** Whether it was applied by the SQL of an earlier salvage. */
  readonly applied: boolean;
}

/** A row by its columns, as PostgreSQL writes the values. A column that is not known is left out. */
export type Values = Readonly<Record<string, string | null>>;

export interface SalvagedRow {
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete' | 'truncate' | 'ddl';
  readonly key: Values;
  readonly before: Values | null;
  readonly after: Values | null;
  /** Why this row cannot be changed as it was then; null if it can. */
  readonly conflict: string | null;
}
