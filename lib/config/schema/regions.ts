import { z } from 'zod';
import { cidr, dnsName, regionName, seconds, zoneName } from './primitives';

const servingRegion = {
  name: regionName.describe('AWS region.'),
  zones: z
    .array(zoneName)
    .min(3)
    .max(3)
    .describe(
      'Exactly three Availability Zones of the region. They are given and not looked up, so that synth needs no account, and cannot be changed later: the subnets hold the data.',
    ),
  cidr: cidr.describe('Address block of the VPC. The blocks of home and standby must not overlap.'),
};

export const regions = z.strictObject({
  home: z.strictObject(servingRegion).describe('Where the platform is first deployed and leads first.'),
  standby: z
    .strictObject({
      ...servingRegion,
      tier: z
        .enum(['pilot-light', 'warm', 'full'])
        .default('warm')
        .describe(
          'What runs in the standby before a failover: pilot-light no task, warm each service at `replicas.standby`, full the same as home. A service that `runs` with the leader has none in any.',
        ),
    })
    .describe('Holds the replica and takes over.'),
  witness: z
    .strictObject({ name: regionName.describe('AWS region.') })
    .describe('Third region: holds the leadership table and one endpoint, no application.'),
});

export const domain = z.strictObject({
  name: dnsName.describe('Public name of the platform; the failover records carry it.'),
  hostedZone: z
    .strictObject({
      id: z
        .string()
        .regex(/^Z[A-Z0-9]{5,31}$/, 'the id of a hosted zone, for example Z0123456789ABCDEFGHIJ')
        .describe('Its id in Route 53.'),
      name: dnsName.describe('Its name, for example example.com.'),
    })
    .describe('Public hosted zone that holds the names. It must exist and be delegated.'),
});

export const leadership = z.strictObject({
  regions: z
    .array(regionName)
    .min(3)
    .max(3)
    .optional()
    .describe(
      'The three regions of the leadership table. Default: home, standby and witness. Must contain the witness.',
    ),
  leaseSeconds: seconds(15, 300)
    .default(60)
    .describe('T: how long a lease lasts. A region that cannot renew stops writing after it.'),
  // A lease is not renewed when the last enforcement is older than 10 s; a run may start and end a second late.
  enforceSeconds: seconds(1, 8)
    .default(5)
    .describe(
      'E: how often sessions without a lease are ended. A lease is not renewed when that was more than 10 s ago.',
    ),
  // A run of the agent outlasts a watch, and Lambda ends it after 900 s.
  watchSeconds: seconds(20, 800)
    .optional()
    .describe(
      'W: how long the standby must see an unchanged record before it claims. Default: T + 2E + 5. The fencing margin W - T - 2E must be positive.',
    ),
  // A watch is broken by ten seconds between two reads, and a turn takes its time too.
  pollSeconds: seconds(1, 8)
    .default(5)
    .describe(
      'How often an agent takes a turn. Between two turns, who watches another holder leaves the record alone for four fifths of this time after a renewal, and then looks at it each quarter of a second until the next one.',
    ),
  lagGateSeconds: seconds(5, 3600)
    .default(60)
    .describe('A standby further behind than this is not promoted without a person.'),
  databaseOutageSeconds: seconds(60, 900)
    .default(150)
    .describe(
      'How long home keeps the lease while its database does not answer: a Multi-AZ failover takes this long.',
    ),
  // Less than ten minutes is for rehearsals: a region that comes and goes would take the other one with it.
  minimumSecondsBetweenMoves: seconds(60, 86_400)
    .default(3600)
    .describe('At most one unplanned move in this time. Leave it at an hour but for a rehearsal.'),
  failOverOnApplicationOutage: z
    .boolean()
    .default(false)
    .describe('Move also when only the application is unhealthy. Off: such an outage pages.'),
  deployGuard: z
    .boolean()
    .default(false)
    .describe(
      'A hook of CloudFormation in home and standby that refuses what would replace, re-source or delete the writer, or change a database during a failover, whoever deploys. It is asked about the Data stacks of this platform only. `npx holdfast preflight` looks at the same without it.',
    ),
});

export const interfaceEndpoint = z.enum(['logs', 'secrets-manager', 'ecr-api', 'ecr-docker', 'monitoring']);

export const network = z.strictObject({
  natPerZone: z
    .boolean()
    .optional()
    .describe(
      'One NAT gateway in each zone survives the loss of a zone; a single one costs a third. Default by size: false, true, true.',
    ),
  interfaceEndpoints: z
    .array(interfaceEndpoint)
    .optional()
    .describe(
      'Private ways to AWS services. One costs about 22 USD a month over three zones and saves 0.035 USD per GB of NAT: it pays above some 630 GB a month. Default by size: none, none, logs.',
    ),
});
