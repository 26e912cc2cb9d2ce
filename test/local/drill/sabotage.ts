import {
  GetHealthCheckCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { EDGE_REGION } from '../../../lib/config/names';
import type { Side } from '../../../local/drill/model';
import type { Scenario, Stage } from '../../../local/drill/scenario';
import { partition } from '../../../local/drill/scenarios/partition';
import { regionLoss } from '../../../local/drill/scenarios/region-loss';
import { withDatabase } from '../../../local/drill/table';
import type { World } from '../../../local/drill/world';
import { internalClient } from '../../../local/internal';

/** Ways to break a platform, and what a drill of it then has to call broken. */
export interface Sabotage {
  readonly name: string;
  readonly scenario: Scenario;
  /** Name of an expectation. */
  readonly breaks: string;
}

/** How often a lease is opened again that closes by itself. */
const AGAIN_MS = 250;

/** Everything by which the database of the side that is left would refuse writes. */
const WITHOUT_FENCE = `
DROP TRIGGER holdfast_guard ON drill_writes;
ALTER EVENT TRIGGER holdfast_refuse_login DISABLE;
CREATE OR REPLACE FUNCTION holdfast.shut_out() RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION holdfast.let_in(until_ms bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION holdfast.end_sessions() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 0; END $$;
DO $$
DECLARE
  fenced oid;
BEGIN
  FOR fenced IN SELECT r.oid FROM pg_roles r WHERE r.rolcanlogin AND holdfast.is_fenced(r.oid) LOOP
    EXECUTE format('ALTER ROLE %s VALID UNTIL ''infinity''', fenced::regrole);
  END LOOP;
END $$;`;

const REOPEN = `
UPDATE holdfast.lease SET closed = false;
SELECT setval('holdfast.lease_limit', holdfast.now_ms() + 60000);
SELECT holdfast.let_in(holdfast.now_ms() + 60000);`;

async function run(world: World, side: Side, text: string): Promise<void> {
  await withDatabase(world, side, async (session) => void (await session.query(text)));
}

async function removeFence({ world, leader, note }: Stage): Promise<void> {
  await run(world, leader(), WITHOUT_FENCE);
  note('The fence was removed on purpose.');
}

/** @returns ends it */
async function keepOpen({ world, leader, note }: Stage): Promise<() => Promise<void>> {
  const side = leader();
  const stopping = new AbortController();
  note(`The lease in ${side} is opened again and again on purpose.`);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await run(world, side, REOPEN);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  })();
  return async () => {
    stopping.abort();
    await running;
  };
}

/** The record of home is healthy while the standby does not lead. From now on it is so while the standby does. */
async function invertCheck({ world, note }: Stage): Promise<void> {
  const { platform, aws } = world;
  const client = new Route53Client(internalClient(aws.endpoint, EDGE_REGION));
  const { ResourceRecordSets: records = [] } = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: platform.domain.hostedZone.id }),
  );
  const primary = records.find(
    ({ Name, Failover }) => Name === `${platform.domain.name}.` && Failover === 'PRIMARY',
  );
  const HealthCheckId = primary?.HealthCheckId;
  if (HealthCheckId === undefined) throw new Error('The record of home has no health check.');
  const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId }));
  const { ChildHealthChecks, HealthThreshold } = HealthCheck?.HealthCheckConfig ?? {};
  // Said again, because the local AWS API forgets the children of an update that does not name them.
  const same = { HealthCheckId, ChildHealthChecks, HealthThreshold };
  await client.send(new UpdateHealthCheckCommand({ ...same, Inverted: false }));
  client.destroy();
  note('The health check of home was inverted on purpose.');
}

export const SABOTAGE: readonly Sabotage[] = [
  {
    name: 'fence-removed',
    breaks: 'No two regions accepted writes at the same time',
    scenario: {
      ...partition,
      async steps(stage) {
        await removeFence(stage);
        await partition.steps(stage);
      },
    },
  },
  {
    name: 'lease-opened',
    breaks: 'The databases of the two regions were never open at the same time',
    scenario: {
      ...partition,
      async steps(stage) {
        const close = await keepOpen(stage);
        try {
          await partition.steps(stage);
        } finally {
          await close();
        }
      },
    },
  },
  {
    name: 'check-inverted',
    breaks: 'At the end clients write in the other region',
    scenario: {
      ...regionLoss,
      async steps(stage) {
        await invertCheck(stage);
        await regionLoss.steps(stage);
      },
    },
  },
];
