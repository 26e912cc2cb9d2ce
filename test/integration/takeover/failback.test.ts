import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstRecord } from '../../../lambda/leader/record';
import { draining, rebuilding } from '../../../lambda/leader/steps';
import { recordedLeadership } from '../../../lambda/region-agent/aws/leadership';
import { type AwsWorld, awsWorld } from '../../../lambda/region-agent/aws/world';
import { systemClock } from '../../../lambda/runtime/clock';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';
import { Agents } from '../support/agents';
import { Endpoints } from '../support/endpoints';
import { HOME, type Place, STANDBY, settingsOf, until } from '../support/places';
import {
  ACCOUNT,
  AGENT_SECRET,
  describeInstance,
  IDENTIFIER,
  makePlatform,
  makeReplica,
  replicaSettings,
  topicOf,
} from '../support/rds-platform';
import { ThreeTables } from '../support/table';

/**
 * From a takeover back to where it began, through the real adapters and the local AWS API, behind whose database
 * instances are real servers. Each test goes on where the one before has ended. Played are the three regions of the
 * table; a platform without services runs in them.
 */
const STEP_MS = 150_000;
const QUARANTINED = `${IDENTIFIER}-quarantine-e1`;
const ENVIRONMENT = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

let api: LocalAws;
let endpoints: Endpoints;
const before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
const settings = settingsOf(HOME);
const table = ThreeTables.holding(firstRecord(HOME, settings.leaseSeconds, settings.enforceSeconds));
const agents = {
  [HOME]: new Agents(HOME, () => worldOf(HOME)),
  [STANDBY]: new Agents(STANDBY, () => worldOf(STANDBY)),
};

function worldOf(place: Place): AwsWorld {
  const agent = {
    table: 'shop-leadership',
    tableRegions: `${HOME},${STANDBY}`,
    settings: '',
    ownUrl: 'none',
    otherUrl: 'none',
    prober: 'shop-prober',
    witnessRegion: 'eu-west-1',
    topic: topicOf(place),
    cluster: 'shop',
    secretPrefix: 'shop/',
  };
  const database = {
    host: 'reached-by-its-endpoint',
    port: '5432',
    name: 'shop',
    identifier: IDENTIFIER,
    secret: AGENT_SECRET,
    replica: JSON.stringify(replicaSettings(place)),
  };
  const world = awsWorld({ agent, database }, settingsOf(place), systemClock);
  const fence = endpoints.fence(place);
  return {
    ...world,
    leadership: recordedLeadership(table.from(place), systemClock),
    managed: world.managed && { ...world.managed, database: fence },
    end: () => fence.end(),
  };
}

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, databases: true, statusSeconds: 0.2 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: api.endpoint,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  endpoints = new Endpoints(api);
  await makePlatform();
  await endpoints.deployFence(HOME);
  await makeReplica();
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  await Promise.all(Object.values(agents).map((one) => one.kill()));
  endpoints?.restore();
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await api?.stop();
}, STEP_MS);

const reaches = (holder: Place, state: string): Promise<void> =>
  until(`${state} by ${holder}`, () => table.record.holder === holder && table.record.state === state);
/** Everything that had to be done after a move is done. */
const settled = (): Promise<void> => until('nothing is pending', () => table.record.pending.length === 0);
const copied = (region: Place, id: number): Promise<void> =>
  until(`${id} is copied`, async () => (await endpoints.ids(region)).includes(id));

describe('a platform whose databases are instances of RDS', () => {
  it(
    'is led by home',
    async () => {
      agents[HOME].start();
      agents[STANDBY].start();
      await until('home takes writes', async () => (await endpoints.write(HOME, 1)) === 'done');
      await copied(STANDBY, 1);
    },
    STEP_MS,
  );

  it(
    'is taken over by the standby through PromoteReadReplica when home is gone',
    async () => {
      await agents[HOME].kill();
      await endpoints.server(HOME).halt('immediate');
      await reaches(STANDBY, 'SERVING');
      await until('the standby takes writes', async () => (await endpoints.write(STANDBY, 2)) === 'done');
      await settled();
      const promoted = await describeInstance(STANDBY);
      expect(promoted?.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
      expect(promoted?.BackupRetentionPeriod).toBe(7);
    },
    STEP_MS,
  );

  it(
    'keeps home closed when it comes back',
    async () => {
      await endpoints.server(HOME).start();
      agents[HOME].start();
      await until('home says so', () => agents[HOME].said(/us-east-1 was left: us-west-2 leads epoch 2/));
      expect(await endpoints.write(HOME, 3)).not.toBe('done');
    },
    STEP_MS,
  );

  it(
    'is protected again by the failback: home is its replica, and what home was is kept aside',
    async () => {
      const operation = {
        kind: 'failback',
        id: 'test',
        to: HOME,
        sentence: 'A person asks for it.',
      } as const;
      await table.change((record) => rebuilding(record, operation));
      await reaches(STANDBY, 'PROTECTED');
      const home = await describeInstance(HOME);
      expect(home?.ReadReplicaSourceDBInstanceIdentifier).toContain(`${STANDBY}:${ACCOUNT}:db:${IDENTIFIER}`);
      expect(await describeInstance(HOME, QUARANTINED)).toBeDefined();
      // RDS restarts an instance that it renames.
      await until('home as it was answers', async () => {
        const ids = await endpoints.ids(HOME, QUARANTINED).catch(() => undefined);
        return ids?.join() === '1';
      });
      expect(await endpoints.write(HOME, 4, QUARANTINED)).not.toBe('done');
      expect(await endpoints.write(STANDBY, 5)).toBe('done');
      await copied(HOME, 5);
    },
    STEP_MS,
  );

  it(
    'goes home by a switchover that loses nothing',
    async () => {
      const operation = {
        kind: 'switchover',
        id: 'test',
        to: HOME,
        sentence: 'A person asks for it.',
      } as const;
      await table.change((record) => draining(record, operation));
      await reaches(HOME, 'SERVING');
      await until('home takes writes', async () => (await endpoints.write(HOME, 6)) === 'done');
      expect(await endpoints.ids(HOME)).toEqual([1, 2, 5, 6]);
      expect(await endpoints.write(STANDBY, 7)).not.toBe('done');
      expect(table.record).toMatchObject({ epoch: 3, holder: HOME });
    },
    STEP_MS,
  );
});
