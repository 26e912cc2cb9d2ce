import type { Platform, Service } from './platform';

/**
 * How long a failover takes, in seconds.
 *
 * Takeover by the standby, from the last renewal of a leader that has gone:
 *   5   its last version is seen at the next poll
 *   W   that version is watched unchanged; by default T + 2E + 5
 *   5   the next poll decides
 *   5   claim of the next epoch
 *   5   receive and replay positions are recorded
 *   P   promotion of the replica, which AWS gives no duration for
 *   10  the promotion is verified, the lease opened
 * With a poll of 5 s and the default W that is T + 2E + 35 + P.
 */
export interface LeadershipTimings {
  /** T: how long a lease lasts. */
  readonly leaseSeconds: number;
  /** E: how often sessions without a lease are ended. */
  readonly enforceSeconds: number;
  readonly pollSeconds: number;
  /** W; by default T + 2E + 5. */
  readonly watchSeconds?: number | undefined;
}

const CLAIM = 5;
const RECORD = 5;
const VERIFY_AND_OPEN = 10;
/** More than T + 2E that a watch lasts by default: the clock of the watcher may be that much ahead. */
export const WATCH_MARGIN_SECONDS = 5;
/**
 * What an objective must leave for the promotion. AWS says "several minutes or longer" and the drill measures it; an
 * objective that leaves less than this cannot be kept by anyone.
 */
export const PROMOTION_ALLOWANCE_SECONDS = 120;
/**
 * How often Route 53 asks the leadership endpoints. Not a setting: a check whose interval changes is replaced, a new one
 * starts healthy, and traffic would move.
 */
export const ENDPOINT_CHECK_SECONDS = 10;
/** Bad or good answers in a row until a health check of Route 53 changes its mind. */
export const CHECKS_IN_A_ROW = 3;

/** W: how long the standby watches before it claims. */
export const watchSeconds = (t: LeadershipTimings): number =>
  t.watchSeconds ?? closedAfterSeconds(t) + WATCH_MARGIN_SECONDS;

/** After its last renewal a leader's last session is gone within this: T + 2E. */
export const closedAfterSeconds = (t: LeadershipTimings): number => t.leaseSeconds + 2 * t.enforceSeconds;

/** W - T - 2E: what lies between the last session of the old leader and the claim of the new one. Must be positive. */
export const fencingMarginSeconds = (t: LeadershipTimings): number => watchSeconds(t) - closedAfterSeconds(t);

/** From the loss of the leader until the other region takes writes, without the promotion. */
export const writableWithinSeconds = (t: LeadershipTimings): number =>
  t.pollSeconds + watchSeconds(t) + t.pollSeconds + CLAIM + RECORD + VERIFY_AND_OPEN;

/** From the opening of the lease until clients reach the new leader: health checks, then the TTL of their resolvers. */
export const clientsFollowWithinSeconds = (edge: { readonly ttlSeconds: number }): number =>
  CHECKS_IN_A_ROW * ENDPOINT_CHECK_SECONDS + edge.ttlSeconds;

/**
 * From the order of a task until it runs: AWS gives no figure for what Fargate needs to find room and to pull an image, and
 * in a region that others flee to it may be much more.
 */
export const TASK_START_SECONDS = 90;

/** What is to be expected of a failover to a standby of some tier. */
export interface Expectation {
  /** Until the platform answers and takes writes, in seconds. */
  readonly rtoSeconds: number;
  /** Until as many tasks run as at home, in seconds. */
  readonly fullSeconds: number;
  /** The most that may be lost without a person having said so, in seconds. */
  readonly rpoSeconds: number;
}

/**
 * The promotion is reckoned with its allowance. Tasks that a standby does not have start only then; in truth they are asked
 * for while the database is promoted.
 */
export function expectedOf({ leadership, database, services, regions, edge }: Platform): Expectation {
  const managed = database?.kind === 'managed';
  const open = writableWithinSeconds(leadership) + (managed ? PROMOTION_ALLOWANCE_SECONDS : 0);
  const start = TASK_START_SECONDS + Math.max(0, ...services.map(healthySeconds));
  const { tier } = regions.standby;
  const follow = clientsFollowWithinSeconds(edge);
  return {
    rtoSeconds: open + (tier === 'pilot-light' ? start : 0) + follow,
    fullSeconds: open + (tier === 'full' ? 0 : start) + follow,
    rpoSeconds: managed ? leadership.lagGateSeconds : 0,
  };
}

/** From the start of a task until its balancer sends it requests. */
const healthySeconds = ({ health }: Service): number =>
  health ? health.intervalSeconds * health.healthyThreshold : 0;

/** What synth prints about the failover of a platform, one sentence each. */
export function describeTimings(platform: Platform): string[] {
  const { leadership, edge, database, objectives } = platform;
  const writable = writableWithinSeconds(leadership);
  const follow = clientsFollowWithinSeconds(edge);
  const clients = `Clients follow within ${follow} s more: ${CHECKS_IN_A_ROW} health checks ${ENDPOINT_CHECK_SECONDS} s apart and a TTL of ${edge.ttlSeconds} s.`;
  if (database?.kind !== 'managed') {
    return [
      `The standby leads within ${writable} s of the loss of home; there is no managed database to promote.`,
      clients,
    ];
  }
  return [
    `A region that cannot renew its lease takes no more writes after ${leadership.leaseSeconds} s; its last session is gone after ${closedAfterSeconds(leadership)} s, ${fencingMarginSeconds(leadership)} s before the other may claim.`,
    `Writable again within ${writable} s and the time of the promotion; the objective of ${objectives.rtoSeconds} s leaves ${objectives.rtoSeconds - writable} s for it.`,
    clients,
  ];
}
