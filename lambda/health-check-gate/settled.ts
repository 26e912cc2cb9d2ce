import type { HealthChecks, Observation } from './ports';

/**
 * When health checks may be trusted. New ones start healthy and inverted ones unhealthy, whatever they watch, so a
 * failover record that used them at once would begin "failed over". They may be used when what they report comes
 * from answers of the endpoints.
 */

/** The three checks of a platform's failover records. */
export interface Checks {
  readonly endpoints: readonly string[];
  readonly standbyLeads: string;
  readonly homeLeads: string;
}

/** Fewer checkers than this say nothing about an endpoint. */
export const CHECKERS_MIN = 3;

/** `'yes'` and `'no'` are answers of the endpoint; `'none'` means that it is not up yet. */
export type Answer = 'yes' | 'no' | 'none';

/**
 * Only 200 and 503 are answers of the leadership endpoint. A failed connection, name or handshake, and any other
 * code (a gateway without its function), come from an endpoint that is still being set up.
 */
export function answerOf(status: string): Answer {
  if (/^success/i.test(status)) return 'yes';
  return /HTTP Status Code:?\s*503\b/i.test(status) ? 'no' : 'none';
}

export type Settlement =
  | { readonly settled: true; readonly standbyLeads: boolean }
  | { readonly settled: false; readonly sentence: string };

const waiting = (sentence: string): Settlement => ({ settled: false, sentence });

/** Looks once at all checks. */
export async function look(checks: Checks, source: HealthChecks): Promise<Settlement> {
  let standbyLeads = false;
  for (const id of checks.endpoints) {
    const found = agreement(id, await source.observations(id));
    if (typeof found === 'string') return waiting(found);
    standbyLeads ||= found.healthy;
  }
  const expected: readonly (readonly [string, boolean])[] = [
    [checks.standbyLeads, standbyLeads],
    [checks.homeLeads, !standbyLeads],
  ];
  for (const [id, healthy] of expected) {
    const metric = await source.metric(id);
    if (metric === undefined) return waiting(`CloudWatch has no status of the calculated check ${id} yet.`);
    if (metric !== healthy) {
      return waiting(`The calculated check ${id} is still ${words(metric)}; ${words(healthy)} is expected.`);
    }
  }
  return { settled: true, standbyLeads };
}

const words = (healthy: boolean): string => (healthy ? 'healthy' : 'unhealthy');

/** @returns what all checkers agree on, or a sentence why there is no agreement yet */
function agreement(id: string, seen: readonly Observation[]): { readonly healthy: boolean } | string {
  if (seen.length < CHECKERS_MIN) {
    return `Of the endpoint check ${id} there are reports by ${seen.length} of at least ${CHECKERS_MIN} checkers.`;
  }
  const silent = seen.find(({ status }) => answerOf(status) === 'none');
  if (silent) {
    return `The endpoint of check ${id} does not answer the checker in ${silent.region}: "${silent.status}".`;
  }
  const yes = seen.filter(({ status }) => answerOf(status) === 'yes').length;
  if (yes > 0 && yes < seen.length) {
    return `The checkers of ${id} disagree: ${yes} of ${seen.length} see the endpoint healthy.`;
  }
  return { healthy: yes > 0 };
}
