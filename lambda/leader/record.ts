/**
 * The leadership record: which region may write. There is one for a platform, in a table that three regions hold
 * with strong consistency, and every change of it is a conditional write.
 */

export const STATES = [
  'SERVING',
  'CLAIMED',
  'PROMOTING',
  'REBUILDING',
  'PROTECTED',
  'DRAINING',
  'HANDOFF',
] as const;
export type State = (typeof STATES)[number];

/** One past change of holder. */
export interface HistoryEntry {
  readonly epoch: number;
  readonly holder: string;
  /** One sentence: why it became the holder. */
  readonly reason: string;
}

export interface LeadershipRecord {
  /** Grows by one with every change of holder; never reused. */
  readonly epoch: number;
  /** Name of the region that may write, once it has finished what its state says. */
  readonly holder: string;
  readonly state: State;
  /** Grows by one with every write. */
  readonly version: number;
  /** Length of the lease in seconds. */
  readonly ttlSeconds: number;
  /** The holder's database clock at the last renewal, ISO 8601; null until the first one. */
  readonly databaseTime: string | null;
  /** The holder's write position at the last renewal, as PostgreSQL writes it; null until the first one. */
  readonly walLsn: string | null;
  /** An operator has forbidden every move. */
  readonly frozen: boolean;
  /** Identifier of the switchover or failback that is under way; null if none is. */
  readonly operation: string | null;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** @returns the record with which a platform begins: home serves, no renewal yet */
export function firstRecord(home: string, leaseSeconds: number): LeadershipRecord {
  return {
    epoch: 1,
    holder: home,
    state: 'SERVING',
    version: 1,
    ttlSeconds: leaseSeconds,
    databaseTime: null,
    walLsn: null,
    frozen: false,
    operation: null,
    history: [{ epoch: 1, holder: home, reason: 'The first deployment begins with home.' }],
  };
}

/** @returns the region whose traffic belongs to it; undefined while a claim has not been finished */
export function servingRegion(record: LeadershipRecord): string | undefined {
  return record.state === 'CLAIMED' || record.state === 'PROMOTING' ? undefined : record.holder;
}
