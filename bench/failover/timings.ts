/**
 * The same lease for both, said in the words of each. What counts is what the two sides of a pair promise each other:
 *
 * |                                                       | Holdfast     | Patroni                    |
 * |---|---|---|
 * | the holder writes its right down                      | every poll   | every loop_wait            |
 * | it takes no writes after so long without that         | T            | loop_wait + retry_timeout  |
 * | nobody else leads before so long without that         | W            | ttl                        |
 *
 * W is T + 2E and a margin: after T + 2E the last session of the holder is gone. Patroni asks for
 * loop_wait + 2 retry_timeout <= ttl for the same reason: within that a holder has given up and stopped its database.
 * https://patroni.readthedocs.io/en/latest/dynamic_configuration.html
 */
export interface HoldfastTimings {
  /** T */
  readonly leaseSeconds: number;
  /** E */
  readonly enforceSeconds: number;
  /** W - T - 2E */
  readonly marginSeconds: number;
  readonly pollSeconds: number;
}

/** In seconds, as Patroni's dynamic configuration has them. */
export interface PatroniTimings {
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

/**
 * The poll, E and margin that a platform file has by default, and the shortest lease that one may have with them (two
 * polls and ten seconds). With these both holders stop after the same 20 s.
 */
export const TIMINGS: HoldfastTimings = {
  leaseSeconds: 20,
  enforceSeconds: 5,
  marginSeconds: 5,
  pollSeconds: 5,
};

/** W */
export const watchSeconds = (t: HoldfastTimings): number =>
  t.leaseSeconds + 2 * t.enforceSeconds + t.marginSeconds;

/** The least that Patroni takes. */
const PATRONI_LEAST: PatroniTimings = { ttl: 20, loop_wait: 1, retry_timeout: 3 };

/**
 * @returns those of Patroni with the same renewals and the same wait, and the longest `retry_timeout` that it allows for
 *   them: the time of a failover does not depend on it, because the holder is dead
 * @throws RangeError where Patroni does not take them
 */
export function patroniTimings(t: HoldfastTimings): PatroniTimings {
  const ttl = watchSeconds(t);
  const loop_wait = t.pollSeconds;
  const found = { ttl, loop_wait, retry_timeout: Math.floor((ttl - loop_wait) / 2) };
  for (const name of ['ttl', 'loop_wait', 'retry_timeout'] as const) {
    if (found[name] < PATRONI_LEAST[name]) {
      throw new RangeError(
        `${name} would be ${found[name]} s; Patroni takes at least ${PATRONI_LEAST[name]} s.`,
      );
    }
  }
  return found;
}

/**
 * How long after a renewal the holder is killed in each pair, in milliseconds: evenly over the time between two renewals,
 * so that both are killed at the same ages and luck decides nothing.
 */
export const agesMs = (pairs: number, t: HoldfastTimings): number[] =>
  Array.from({ length: pairs }, (_, pair) => Math.round(((pair + 0.5) / pairs) * t.pollSeconds * 1000));
