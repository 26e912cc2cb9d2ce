import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateDBSubnetGroupCommand } from '@aws-sdk/client-rds';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { s3Store } from '../../../lambda/archive/aws/s3';
import { eitherOf } from '../../../lambda/archive/restore/either';
import type { ObjectStore } from '../../../lambda/archive/store';
import { drillCopies } from '../../../lambda/restore-drill/aws';
import { reportKey } from '../../../lambda/restore-drill/contract';
import { drill, type Turn } from '../../../lambda/restore-drill/drill';
import type { Login, Ports, Records } from '../../../lambda/restore-drill/ports';
import type { Step } from '../../../lambda/restore-drill/record';
import { drillRecords } from '../../../lambda/restore-drill/records';
import type { DrillHost } from '../../../lambda/restore-drill/steps';
import { systemClock } from '../../../lambda/runtime/clock';
import { postgres } from '../../../lambda/runtime/postgres/connect';
import { run } from '../../../lambda/wal-archive/run';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { GROUP, Region, until } from '../../local/rds';
import { ACCOUNT } from '../../local/support';
import { DATABASE, type FencedServer, fencedOn, OWNER } from '../../support/fence';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';
import { hostOf, type Regions } from '../wal-archive/support/host';
import { HOST } from './fakes';

/**
 * A restore drill with nothing made up: a fenced PostgreSQL behind the local RDS, the real archiver into two buckets of
 * the local S3, a snapshot, transactions after it, and copies that the drill itself orders, fills, compares and deletes.
 */

const [HOME, STANDBY] = ['us-east-1', 'us-west-2'];
const IDENTIFIER = HOST.identifier;
const INSTANCE = { ...HOST.settings.instance, parameterGroup: GROUP.DBParameterGroupName };
const PARAMETERS = {
  'rds.logical_replication': '1',
  track_commit_timestamp: '1',
  shared_preload_libraries: 'pg_cron',
  'cron.database_name': DATABASE,
};
const ENVIRONMENT = {
  AWS_REGION: HOME,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};
const before = ['AWS_ENDPOINT_URL', ...Object.keys(ENVIRONMENT)].map(
  (name) => [name, process.env[name]] as const,
);

let api: LocalAws;
let region: Region;
let fenced: FencedServer;
let client: Client;
let regions: Regions;

beforeAll(async () => {
  api = await startLocalAws({
    account: ACCOUNT,
    say: sayAtOnce,
    databases: true,
    statusSeconds: 0.2,
    restorableSeconds: 0.3,
  });
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: api.endpoint });
  region = new Region(api, HOME);
  regions = { near: await bucket(HOME), far: await bucket(STANDBY) };
  await makeSubnetGroup();
  await makeDatabase();
  await client.query("INSERT INTO orders (note) SELECT 'before ' || n FROM generate_series(1, 50) AS n");
  await archive();
  await region.take(IDENTIFIER, 'base');
  await region.complete('base');
  await region.settled(IDENTIFIER);
  await work();
  await archive();
  await untilRestorable();
}, WITH_INSTALLATION_MS);

afterAll(async () => {
  await client?.end();
  await api?.stop();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function bucket(name: string): Promise<ObjectStore> {
  const made = `shop-archive-${name}`;
  await new S3Client({ region: name, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: made }));
  return s3Store({ bucket: made, region: name, forcePathStyle: true }, systemClock);
}

async function makeDatabase(): Promise<void> {
  await region.parameterGroup(PARAMETERS);
  const owner = { user: OWNER.username, password: OWNER.password };
  await region.create(IDENTIFIER, owner, { DBName: DATABASE, BackupRetentionPeriod: 7, ...GROUP });
  await region.settled(IDENTIFIER);
  const { server } = serverOf(`${IDENTIFIER}.aaaaaaaaaa.${HOME}.rds.amazonaws.com`);
  fenced = fencedOn(server, server.host, api.databases.files.ca);
  client = await fenced.as();
  await client.query('CREATE TABLE public.orders (id bigserial PRIMARY KEY, note text)');
  await fenced.setup({ Archive: 'true' });
  await fenced.open(1, 3600);
}

/** The network of the copies. The account has one that nobody has made. */
async function makeSubnetGroup(): Promise<void> {
  const { Subnets = [] } = await new EC2Client({ region: HOME }).send(new DescribeSubnetsCommand({}));
  await region.client.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: INSTANCE.subnetGroup,
      DBSubnetGroupDescription: 'test',
      SubnetIds: Subnets.flatMap(({ SubnetId }) => SubnetId ?? []),
    }),
  );
}

const serverOf = (host: string) => api.databases.find(host);

/** What a snapshot lacks, and only the archive and the log of RDS have. */
async function work(): Promise<void> {
  await client.query('CREATE TABLE items (sku text PRIMARY KEY, n int NOT NULL)');
  for (let n = 1; n <= 20; n += 1) {
    await client.query('INSERT INTO items VALUES ($1, $2)', [`sku-${n}`, n]);
    await client.query("UPDATE orders SET note = 'changed' WHERE id = $1", [n]);
  }
  await client.query('DELETE FROM orders WHERE id > 40');
}

async function archive(): Promise<void> {
  const bounds = { deadline: systemClock.monotonic() + 60_000, signal: new AbortController().signal };
  await run(hostOf(fenced, regions), { mode: 'drain', handoverSeconds: 0 }, bounds, () => undefined);
}

/** RDS restores to whole seconds: one must have begun after all that was written. */
async function untilRestorable(): Promise<void> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const writtenMs = rows[0]?.now.getTime() ?? 0;
  await until(async () => {
    const { LatestRestorableTime: latest } = await region.instance(IDENTIFIER);
    return latest && latest.getTime() - 1_000 > writtenMs ? latest : undefined;
  });
}

const login: Login = {
  password: async () => OWNER.password,
  connect: (host) => {
    const { server } = serverOf(host);
    const address = { host: server.host, port: server.port, database: DATABASE };
    return postgres(address, { name: 'holdfast-restore-drill', ca: api.databases.files.ca }).connect(OWNER);
  },
};

/** @param later how many minutes later it is than it is: a drill is named by the minute in which it began */
function portsAt(later: number, written: (step: Step) => void): Ports {
  const records = drillRecords(regions.near);
  const told: Records = {
    ...records,
    async append(after, record) {
      written(record.step);
      return records.append(after, record);
    },
  };
  return {
    copies: drillCopies(IDENTIFIER, 'shop', INSTANCE),
    records: told,
    login,
    archive: eitherOf([regions.near, regions.far]),
    leads: async () => true,
    clock: { ...systemClock, now: () => systemClock.now() + later * 60_000 },
  };
}

/** Runs as the schedule does until a drill has ended. @param between is done when both copies hold the same */
async function runs(later: number, between: () => Promise<void>): Promise<Turn> {
  let step: Step | undefined;
  let isStopped = true;
  const ports = portsAt(later, (next) => {
    step = next;
  });
  const host: DrillHost = { ...HOST, hasTime: () => !(isStopped && step === 'comparing') };
  let asked = true;
  return until(async () => {
    const turn = await drill(ports, host, asked);
    asked = false;
    if (isStopped && step === 'comparing') {
      await between();
      isStopped = false;
    }
    return turn.ended ? turn : undefined;
  });
}

const copies = (): readonly string[] =>
  api.databases.list().flatMap(({ host }) => (host.includes('-restore-drill-') ? [host] : []));

describe('a restore drill of a real database', () => {
  it('restores, tops up, finds the same in both copies, and leaves nothing but its report', async () => {
    const { record, sentence } = await runs(0, async () => undefined);
    expect(record).toMatchObject({
      outcome: 'succeeded',
      tables: 2,
      rows: '60',
      problems: [],
      base: { snapshot: 'base' },
    });
    expect(record?.transactions).toBeGreaterThanOrEqual(42);
    expect(sentence).toMatch(/has succeeded: 2 tables with 60 rows are equal\.$/);
    expect(copies()).toEqual([]);
    const report = await regions.near.get(reportKey(record?.id ?? ''));
    expect(Buffer.from(report ?? []).toString()).toContain('"outcome": "succeeded"');
  }, 60_000);

  it('fails and names the table if one row of a copy is not as it was', async () => {
    const { record, sentence } = await runs(5, async () => {
      const [topped] = copies().filter((host) => host.includes('-topped'));
      const session = await login.connect(topped ?? '');
      // The fence of a copy is closed: only its owner can open it for a moment.
      await session.query(`SELECT setval('holdfast.lease_limit', holdfast.now_ms() + 60000),
                                  setval('holdfast.lease_timeline', holdfast.current_timeline())`);
      await session.query("UPDATE items SET n = 0 WHERE sku = 'sku-7'");
      await session.query("SELECT setval('holdfast.lease_limit', 1)");
      await session.end();
    });
    expect(record).toMatchObject({ outcome: 'failed' });
    expect(sentence).toMatch(/has failed: public\.items has 20 rows in both, and they are not the same\.$/);
    expect(copies()).toEqual([]);
  }, 60_000);
});
