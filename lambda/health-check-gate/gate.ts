import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { text, texts } from '../runtime/properties';
import { WAIT_SECONDS } from './contract';
import type { HealthChecks } from './ports';
import { type Checks, look, type Settlement } from './settled';

const POLL_MS = 10_000;
/** The host's deadline is 10 s before the function ends; this keeps 10 s more. */
const MARGIN_MS = 10_000;
/** A state must be seen that often in a row. */
const TIMES = 2;

/** The checks did not settle in the time there was. */
export class NotSettled extends HoldfastError {
  constructor(
    readonly seconds: number,
    readonly last: string,
  ) {
    super(
      `The health checks have not settled within ${seconds} s, so no failover record may use them yet. Last seen: ` +
        `${last} Look at the checks in the Route 53 console, then ask the leadership endpoints for /standby-leads ` +
        'yourself (200 or 503 is an answer; otherwise their certificate, domain name or function is not ready) and ' +
        'deploy again.',
    );
  }
}

/** A custom resource that exists once the health checks tell the truth; deleting it does nothing. */
export function gate(source: HealthChecks): CustomResource<Checks> {
  const wait = async (checks: Checks, host: Host): Promise<Outcome> => {
    const standbyLeads = await settle(checks, source, host);
    const sentence = `The health checks have settled: ${standbyLeads ? 'the standby' : 'home'} leads.`;
    return { data: { StandbyLeads: String(standbyLeads) }, sentence };
  };
  return {
    parse: (properties) => ({
      endpoints: texts(properties, 'EndpointHealthCheckIds'),
      standbyLeads: text(properties, 'StandbyLeadsHealthCheckId'),
      homeLeads: text(properties, 'HomeLeadsHealthCheckId'),
    }),
    physicalId: ({ standbyLeads }) => `settled-${standbyLeads}`,
    create: wait,
    update: wait,
    async delete() {},
  };
}

/**
 * Looks every 10 s until the checks have settled on the same state twice in a row.
 * @returns whether the standby leads
 * @throws {NotSettled} after 840 s, or 20 s before the function's time ends
 */
export async function settle(checks: Checks, source: HealthChecks, host: Host): Promise<boolean> {
  const { clock } = host;
  const begun = clock.now();
  const end = Math.min(begun + WAIT_SECONDS * 1000, host.deadline - MARGIN_MS);
  let streak: { readonly standbyLeads: boolean; readonly times: number } | undefined;
  for (;;) {
    const seen = await lookSafely(checks, source);
    if (seen.settled) {
      const times = streak?.standbyLeads === seen.standbyLeads ? streak.times + 1 : 1;
      if (times >= TIMES) return seen.standbyLeads;
      streak = { standbyLeads: seen.standbyLeads, times };
    } else {
      streak = undefined;
    }
    const last = seen.settled ? 'They had settled, but were seen so only once.' : seen.sentence;
    host.log('health-checks', { last });
    if (clock.now() + POLL_MS > end) throw new NotSettled(Math.round((clock.now() - begun) / 1000), last);
    await clock.sleep(POLL_MS);
  }
}

/** A call that fails tells nothing; it is asked again like a check that has not settled. */
async function lookSafely(checks: Checks, source: HealthChecks): Promise<Settlement> {
  try {
    return await look(checks, source);
  } catch (error) {
    return { settled: false, sentence: `The checks could not be read. ${sentenceOf(error)}` };
  }
}
