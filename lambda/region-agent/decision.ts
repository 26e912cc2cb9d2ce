import type { LeadershipRecord, Task } from '../leader/record';
import type { Lease } from './ports';

/** Steps of the failback recipe; `prepared` after each comes from what is observed, never from a counter. */
export type RebuildStep =
  | { readonly step: 'snapshot' | 'quarantine' | 'create-replica' | 'settle-replica' | 'reattach-secrets' }
  | { readonly step: 'delete-read-replica'; readonly identifier: string };

/** What one turn may do to the world beside writing the record. Each is safe to repeat. */
export type Action =
  | { readonly kind: 'renew' | 'open'; readonly lease: Lease }
  | { readonly kind: 'close'; readonly lease: Pick<Lease, 'epoch' | 'version'> }
  | { readonly kind: 'promote' | 'scale-up' | 'scale-down' | 'end-sessions' }
  | { readonly kind: 'task'; readonly task: Task }
  | ({ readonly kind: 'rebuild' } & RebuildStep);

/** What alarms count. */
export type Signal =
  | 'leaseNotRenewed'
  | 'fenceClosed'
  | 'gateRefused'
  | 'unsettled'
  | 'applicationOutage'
  | 'standbyUnfit';

/** What a turn comes to. */
export interface Decision {
  /** Written first, on the condition that the record has not changed; if that fails, nothing else happens. */
  readonly next?: LeadershipRecord;
  /** Done after the write; at most one. */
  readonly action?: Action;
  /** One sentence for a person: what is, and why this follows. */
  readonly sentence: string;
  /** Sent to the person on call once the write has succeeded. */
  readonly page?: string;
  /** The next turn follows at once: there is more to do than this. */
  readonly again?: boolean;
  readonly signals?: readonly Signal[];
  /** Why this region may not take over now; absent if it may, or leads. */
  readonly limitation?: string;
}
