import { moves } from './history';

/**
 * The leadership record: which region may write. There is one for a platform, in a table that three regions hold
 * with strong consistency, and every change of it is a conditional write.
 */

/**
 * - `SERVING`: the holder takes writes. After a move the other side is not fit to take over until it was rebuilt.
 * - `CLAIMED`: the holder has taken the lead and has not asked for a promotion yet; this alone can be withdrawn.
 * - `PROMOTING`: the promotion of the holder's replica may have been asked for. There is no way back.
 * - `REBUILDING`: the holder serves; the other side is being made its replica.
 * - `PROTECTED`: the holder serves, and the other side is fit to take over again.
 * - `DRAINING`: the holder stops taking writes, for a switchover.
 * - `HANDOFF`: the holder takes no writes any more, and `walLsn` is the last position that counts.
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

/**
 * How a holder came to be one. `withdrawn` is a claim that was given back before a promotion; the others but `first` are
 * moves, and of these `takeover` and `application-outage` happen without a person.
 */
export const REASONS = [
  'first',
  'takeover',
  'application-outage',
  'switchover',
  'forced',
  'withdrawn',
] as const;
export type Reason = (typeof REASONS)[number];

/** One past change of holder. */
export interface HistoryEntry {
  readonly epoch: number;
  readonly holder: string;
  readonly reason: Reason;
  /** For a person: why it became the holder. */
  readonly sentence: string;
}

/**
 * What is under way because somebody asked for it.
 * - `switchover`: move the lead to `to` and lose nothing
 * - `application-outage`: the same, asked for by the agent of `to` because the application of the holder is down
 * - `failback`: rebuild the side `to`, which does not lead, until the platform is protected
 * - `force`: `to` takes over without regard to lag and to the last move; the holder gives up by itself
 */
export const OPERATIONS = ['switchover', 'application-outage', 'failback', 'force'] as const;
export interface Operation {
  readonly kind: (typeof OPERATIONS)[number];
  readonly id: string;
  /** Name of a region. */
  readonly to: string;
  /** One sentence: who asked for it and why. */
  readonly sentence: string;
}

/** What a new holder still has to do after it serves; none of it is a condition of serving. */
export const TASKS = [
  'scale-up',
  'detach-secrets',
  'close-other-side',
  'take-base',
  'mend-read-replicas',
] as const;
export type Task = (typeof TASKS)[number];

/** Where the replica stood before its promotion: a promotion erases both positions. */
export interface PromotedFrom {
  readonly receiveLsn: string | null;
  readonly replayLsn: string | null;
}

export interface LeadershipRecord {
  /** Grows by one with every change of holder; never reused. */
  readonly epoch: number;
  /** Name of the region that may write, once it has finished what its state says. */
  readonly holder: string;
  readonly state: State;
  /** Grows by one with every write. */
  readonly version: number;
  /** Length of the longest lease in seconds that may still be out there in this epoch. */
  readonly ttlSeconds: number;
  /** How often, in seconds, the holder's database ends sessions without a lease. */
  readonly enforceSeconds: number;
  /**
   * The holder's database clock at the last renewal, ISO 8601; null until the first one. Without a managed database it is
   * the clock of the host that renewed.
   */
  readonly databaseTime: string | null;
  /** The holder's write position at the last renewal, as PostgreSQL writes it; null until the first one. */
  readonly walLsn: string | null;
  /**
   * The holder's database clock when it began to serve, ISO 8601; null until the platform's first renewal. A claim leaves
   * it as it is until the claimant serves, so that one that is given back does not make the last move younger.
   */
  readonly servingSince: string | null;
  /** For how many seconds the holder has renewed the record without its database; 0 if its database answers. */
  readonly outageSeconds: number;
  /** An operator has forbidden every move. */
  readonly frozen: boolean;
  readonly operation: Operation | null;
  /** Null before the first promotion. */
  readonly promotedFrom: PromotedFrom | null;
  /** In the order in which they are tried. */
  readonly pending: readonly Task[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** @returns the record with which a platform begins: home serves, no renewal yet */
export function firstRecord(home: string, leaseSeconds: number, enforceSeconds: number): LeadershipRecord {
  return {
    epoch: 1,
    holder: home,
    state: 'SERVING',
    version: 1,
    ttlSeconds: leaseSeconds,
    enforceSeconds,
    databaseTime: null,
    walLsn: null,
    servingSince: null,
    outageSeconds: 0,
    frozen: false,
    operation: null,
    promotedFrom: null,
    pending: [],
    history: [
      { epoch: 1, holder: home, reason: 'first', sentence: 'The first deployment begins with home.' },
    ],
  };
}

/** @returns the region whose traffic belongs to it; undefined while a claim has not been finished */
export function servingRegion(record: LeadershipRecord): string | undefined {
  return record.state === 'CLAIMED' || record.state === 'PROMOTING' ? undefined : record.holder;
}

/** Whether the lead has ever moved: a claim that was given back is no move, one that is under way counts as one. */
export const hasMoved = (record: LeadershipRecord): boolean => moves(record.history).length > 0;

/**
 * Whether the other side is meant to be fit for a takeover: after a move it is not, until it was rebuilt. So nothing
 * leads back to a side that was left but a person who rebuilds it.
 */
export const isProtected = (record: LeadershipRecord): boolean =>
  record.state === 'PROTECTED' || (record.state === 'SERVING' && !hasMoved(record));
