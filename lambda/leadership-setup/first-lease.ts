import type { LeadershipRecord } from '../leader/record';
import type { CustomResource, Host } from '../runtime/custom-resource';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { text } from '../runtime/properties';
import type { Leadership } from './ports';

/**
 * Waits for the first lease. Until the agent has opened it, the database takes no writes of the application: a service
 * that starts earlier fails its health checks, and the deployment is rolled back for nothing.
 */

export interface LeaseProperties {
  readonly agentLogGroup: string;
}

const POLL_MS = 2_000;
/** Time kept for one more read of all regions, in milliseconds: after it there is still time to say what is missing. */
const MARGIN_MS = 10_000;

/** The agent has opened no lease in the time that the function had. */
export class FirstLeaseMissing extends HoldfastError {
  constructor(
    readonly seconds: number,
    readonly agentLogGroup: string,
    /** What was seen last. */
    readonly seen: string,
  ) {
    super(
      `No lease was opened within ${seconds} s, so services would meet a closed database. ${seen} The region agent ` +
        `says why in its log group ${agentLogGroup}; then deploy again.`,
    );
  }
}

export function firstLease(leadership: Leadership): CustomResource<LeaseProperties> {
  return {
    parse: (properties) => ({ agentLogGroup: text(properties, 'AgentLogGroup') }),
    physicalId: () => 'first-lease',
    async create({ agentLogGroup }, host) {
      const { holder, databaseTime } = await untilLeased(leadership, host, agentLogGroup);
      return { sentence: `${holder} holds a lease; its database said ${databaseTime}.` };
    },
    // Later leases are run-time state: no deployment waits for them.
    update: async () => ({}),
    async delete() {},
  };
}

/** @throws {FirstLeaseMissing} before the deadline */
async function untilLeased(
  leadership: Leadership,
  { clock, deadline }: Host,
  agentLogGroup: string,
): Promise<LeadershipRecord> {
  const begun = clock.now();
  for (;;) {
    const { leased, seen } = await look(leadership);
    if (leased) return leased;
    if (clock.now() + POLL_MS + MARGIN_MS > deadline) {
      throw new FirstLeaseMissing(Math.round((clock.now() - begun) / 1000), agentLogGroup, seen);
    }
    await clock.sleep(POLL_MS);
  }
}

interface Look {
  readonly leased?: LeadershipRecord;
  readonly seen: string;
}

/** A table that does not answer is asked again: the agent itself may be waiting for it. */
async function look(leadership: Leadership): Promise<Look> {
  try {
    const record = await leadership.read();
    if (!record) return { seen: 'There is no leadership record.' };
    if (record.databaseTime !== null) return { leased: record, seen: '' };
    return { seen: `The record has version ${record.version} and no renewal with a database yet.` };
  } catch (error) {
    return { seen: sentenceOf(error) };
  }
}
