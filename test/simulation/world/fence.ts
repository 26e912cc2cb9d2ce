import type { Lease } from '../../../lambda/region-agent/ports';

/**
 * The fence as the SQL of `database-setup` builds it, statement by statement and without PostgreSQL: the state below is
 * what its tables, its sequence and the roles hold, and each method is one of its functions. It is small and pure on
 * purpose: the same calls on a real server must give the same answers.
 *
 * Times are milliseconds since 1970 on the clock of the server that runs the function, handed in by the caller, as is
 * the timeline that the server writes.
 */

/** What replicates: the rows of schema `holdfast`, the value of its sequence, and the fenced roles. */
export interface FenceState {
  /** `holdfast.lease` */
  readonly epoch: number;
  readonly version: number;
  readonly closed: boolean;
  readonly timeline: number;
  /** `holdfast.lease_limit`: read fresh by every statement, also in a transaction with an old snapshot. */
  readonly limitMs: number;
  /** `holdfast.heartbeat` */
  readonly heartbeatMs: number | null;
  /** `holdfast.enforcement` */
  readonly enforcedMs: number | null;
  readonly enforceSeconds: number;
  /** Of the fenced roles: NOLOGIN, and VALID UNTIL. */
  readonly noLogin: boolean;
  readonly validUntilMs: number;
}

/** Value of the sequence that means closed: a sequence starts at 1. */
const CLOSED_LIMIT_MS = 1;

/** As set-up leaves it on a new database: epoch 0, closed. */
export const installed = (enforceSeconds: number): FenceState => ({
  epoch: 0,
  version: 0,
  closed: true,
  timeline: 0,
  limitMs: CLOSED_LIMIT_MS,
  heartbeatMs: null,
  enforcedMs: null,
  enforceSeconds,
  noLogin: false,
  validUntilMs: 0,
});

export class Fence {
  constructor(public state: FenceState) {}

  /**
   * `holdfast.renew_lease`: a higher version of the same epoch, not closed, on the timeline it was opened for. Also
   * writes the heartbeat and lets the fenced roles log in until the limit.
   * @returns whether it was applied
   */
  renew(lease: Lease, clockMs: number, timeline: number): boolean {
    const { state } = this;
    if (lease.epoch !== state.epoch || lease.version <= state.version) return false;
    if (state.closed || state.timeline !== timeline) return false;
    this.state = { ...state, ...lent(lease, clockMs) };
    return true;
  }

  /**
   * `holdfast.open_lease`: a higher epoch, or a higher version of the same one; for the present timeline.
   * @returns whether it was applied
   */
  open(lease: Lease, clockMs: number, timeline: number): boolean {
    const { state } = this;
    if (lease.epoch < state.epoch) return false;
    if (lease.epoch === state.epoch && lease.version <= state.version) return false;
    this.state = { ...state, ...lent(lease, clockMs), epoch: lease.epoch, closed: false, timeline };
    return true;
  }

  /**
   * `holdfast.close_lease`: no lower epoch and a higher version. Blocks the fenced roles; the caller ends their sessions.
   * @returns whether it was applied
   */
  close({ epoch, version }: Pick<Lease, 'epoch' | 'version'>): boolean {
    const { state } = this;
    if (epoch < state.epoch || version <= state.version) return false;
    this.state = { ...state, epoch, version, closed: true, limitMs: CLOSED_LIMIT_MS, noLogin: true };
    return true;
  }

  /** Whether the lease is good now: not closed, before its limit, on the timeline it was opened for. */
  isOpen(clockMs: number, timeline: number): boolean {
    const { state } = this;
    return !state.closed && clockMs < state.limitMs && state.timeline === timeline;
  }

  /**
   * `holdfast.guard()`, at the beginning of each writing statement: it sees the sequence and the timeline of now.
   * @returns whether the statement is let through
   */
  guard(clockMs: number, timeline: number): boolean {
    return clockMs < this.state.limitMs && this.state.timeline === timeline;
  }

  /** A fenced role logs in: NOLOGIN, VALID UNTIL, and the login event trigger. */
  login(clockMs: number, timeline: number): boolean {
    const { state } = this;
    return !state.noLogin && clockMs < state.validUntilMs && this.isOpen(clockMs, timeline);
  }

  /**
   * `holdfast.enforce()`: stamps its run; without a good lease it blocks the fenced roles, unless somebody's open
   * transaction holds a lock on them, and has their sessions ended.
   * @returns whether the sessions of the fenced roles are ended
   */
  enforce(clockMs: number, timeline: number, rolesLocked: boolean): boolean {
    const ends = !this.isOpen(clockMs, timeline);
    this.state = {
      ...this.state,
      enforcedMs: clockMs,
      noLogin: this.state.noLogin || (ends && !rolesLocked),
    };
    return ends;
  }
}

/** What a renewal and an opening have in common. */
const lent = ({ version, limitMs }: Lease, clockMs: number) => ({
  version,
  limitMs,
  heartbeatMs: clockMs,
  noLogin: false,
  validUntilMs: limitMs,
});
