import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  PromoteReadReplicaCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { inspect } from '../../local/databases/inspect';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { deployClient, invoke } from './database-client';
import { ACCOUNT, Stacks } from './support';

const OWNER = { user: 'holdfast_owner', password: 'first-password' };
const PARAMETERS = {
  'rds.force_ssl': '1',
  'rds.logical_replication': '1',
  'cron.database_name': 'shop',
  shared_preload_libraries: 'pg_stat_statements,pg_cron',
  track_commit_timestamp: '1',
  max_connections: '400',
};
const DEADLINE_MS = 60_000;

let api: LocalAws;
let home: RDSClient;
let standby: RDSClient;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, databases: true, statusSeconds: 0.3 });
  home = rds('us-east-1');
  standby = rds('us-west-2');
  for (const client of [home, standby]) await makeParameterGroup(client);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

function rds(region: string): RDSClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new RDSClient({ region, endpoint: api.endpoint, maxAttempts: 1, credentials });
}

async function makeParameterGroup(client: RDSClient): Promise<void> {
  const DBParameterGroupName = 'group';
  await client.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName,
      DBParameterGroupFamily: 'postgres17',
      Description: 'test',
    }),
  );
  const Parameters = Object.entries(PARAMETERS).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: 'pending-reboot' as const,
  }));
  await client.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters }));
}

async function describeInstance(client: RDSClient, DBInstanceIdentifier: string): Promise<DBInstance> {
  const found = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  if (!found.DBInstances?.[0]) throw new Error(`There is no ${DBInstanceIdentifier}.`);
  return found.DBInstances[0];
}

/** @returns the instance once it is available, and the statuses it was seen in before */
async function settled(
  client: RDSClient,
  identifier: string,
): Promise<{ one: DBInstance; seen: Set<string> }> {
  const seen = new Set<string>();
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await wait(50)) {
    const one = await describeInstance(client, identifier);
    if (one.DBInstanceStatus === 'available') return { one, seen };
    if (one.DBInstanceStatus === 'failed') throw new Error(`${identifier} failed.`);
    seen.add(one.DBInstanceStatus ?? '');
  }
  throw new Error(`${identifier} was never available; seen: ${[...seen].join(', ')}.`);
}

/** As a client of the platform: by TLS, the certificate checked against the endpoint's name. */
async function query(region: string, identifier: string, text: string, as = OWNER): Promise<unknown[]> {
  const host = `${identifier}.aaaaaaaaaa.${region}.rds.amazonaws.com`;
  const { port } = api.databases.find(host).server;
  const ssl = { ca: api.databases.files.ca, servername: host };
  const client = new Client({ ...as, host: '127.0.0.1', port, database: 'shop', ssl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await wait(50)) if (await what()) return;
  throw new Error('It did not come about.');
}

const pidOf = async (region: string, identifier: string): Promise<number> => {
  const [row] = await query(
    region,
    identifier,
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
  );
  return Number((row as { pid: string }).pid);
};
const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const replica = (client: RDSClient, source: DBInstance, identifier = 'shop') =>
  client.send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: identifier,
      SourceDBInstanceIdentifier: source.DBInstanceArn,
      DBParameterGroupName: 'group',
    }),
  );
const modify = (client: RDSClient, DBInstanceIdentifier: string, change: object) =>
  client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, ApplyImmediately: true, ...change }));
const promote = (client: RDSClient, BackupRetentionPeriod = 0) =>
  client.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'shop', BackupRetentionPeriod }));

describe('a database instance of the local AWS API', () => {
  it('is created with its user, its database and the parameters that matter', async () => {
    await home.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'shop',
        DBInstanceClass: 'db.t4g.micro',
        Engine: 'postgres',
        EngineVersion: '17.5',
        AllocatedStorage: 20,
        MasterUsername: OWNER.user,
        MasterUserPassword: OWNER.password,
        DBName: 'shop',
        BackupRetentionPeriod: 7,
        DBParameterGroupName: 'group',
      }),
    );
    expect((await settled(home, 'shop')).seen).toContain('creating');
    const settings = ['server_version_num', 'wal_level', 'track_commit_timestamp', 'max_connections'];
    const text = `SELECT ${settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`;
    expect(await query('us-east-1', 'shop', text)).toEqual([
      {
        server_version_num: expect.stringMatching(/^17/),
        wal_level: 'logical',
        track_commit_timestamp: 'on',
        max_connections: '100',
      },
    ]);
    await query('us-east-1', 'shop', 'CREATE EXTENSION pg_cron; CREATE EXTENSION pg_stat_statements');
  });

  it('refuses a client without TLS, and shows no certificate for another name', async () => {
    const { port } = api.databases.find('shop.aaaaaaaaaa.us-east-1.rds.amazonaws.com').server;
    const connecting = { ...OWNER, host: '127.0.0.1', port, database: 'shop' };
    const plain = new Client(connecting);
    await expect(plain.connect()).rejects.toThrow(/no encryption/);
    const servername = 'other.aaaaaaaaaa.us-east-1.rds.amazonaws.com';
    const other = new Client({ ...connecting, ssl: { ca: api.databases.files.ca, servername } });
    await expect(other.connect()).rejects.toThrow(/does not match certificate/);
  });

  it('is copied to another region, and the copy follows it', async () => {
    await query(
      'us-east-1',
      'shop',
      'CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)',
    );
    const source = await describeInstance(home, 'shop');
    await replica(standby, source);
    const { one } = await settled(standby, 'shop');
    expect(one.ReadReplicaSourceDBInstanceIdentifier).toBe(source.DBInstanceArn);
    expect(one.DbiResourceId).not.toBe(source.DbiResourceId);
    await query('us-east-1', 'shop', 'INSERT INTO orders VALUES (2)');
    await until(async () => (await query('us-west-2', 'shop', 'SELECT FROM orders')).length === 2);
    await expect(query('us-west-2', 'shop', 'INSERT INTO orders VALUES (3)')).rejects.toThrow(/read-only/);
  });

  it('is told of as it is', async () => {
    await until(async () => (await inspect(api.databases)).problems.length === 0);
    const { facts } = await inspect(api.databases);
    expect(facts.map(({ region, says }) => ({ region, says }))).toEqual([
      {
        region: 'us-east-1',
        says: expect.stringMatching(/^PostgreSQL 17.* answers, primary, 1 replica follows$/),
      },
      { region: 'us-west-2', says: expect.stringMatching(/^PostgreSQL 17.* answers, replica streams$/) },
    ]);
  });

  it('is reached by functions through its endpoint, by TLS with what the deployed environment trusts', async () => {
    const shop = { host: 'shop.aaaaaaaaaa.us-east-1.rds.amazonaws.com', ...OWNER };
    await deployClient(api, { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' }, 'client');
    expect(await invoke(api, 'client', shop)).toEqual({ rows: [{ id: 1 }, { id: 2 }] });
    expect(
      await invoke(api, 'client', { ...shop, host: 'never.aaaaaaaaaa.us-east-1.rds.amazonaws.com' }),
    ).toEqual({
      failed: 'getaddrinfo ENOTFOUND never.aaaaaaaaaa.us-east-1.rds.amazonaws.com',
    });
    await deployClient(api, {}, 'trusting-nobody');
    expect(await invoke(api, 'trusting-nobody', shop)).toEqual({
      failed: expect.stringMatching(/certificate/),
    });
  });

  it('keeps its replica when its password changes', async () => {
    await modify(home, 'shop', { MasterUserPassword: 'second-password' });
    expect((await settled(home, 'shop')).seen).toContain('resetting-master-credentials');
    await expect(query('us-east-1', 'shop', 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    OWNER.password = 'second-password';
    await query('us-east-1', 'shop', 'INSERT INTO orders VALUES (3)');
    await until(async () => (await query('us-west-2', 'shop', 'SELECT FROM orders')).length === 3);
  });

  it('takes a snapshot, and is not promoted meanwhile', async () => {
    const DBSnapshotIdentifier = 'before';
    await standby.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'shop', DBSnapshotIdentifier }));
    expect((await describeInstance(standby, 'shop')).DBInstanceStatus).toBe('backing-up');
    await expect(promote(standby)).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
      message: expect.stringContaining('shop is backing-up'),
    });
    await settled(standby, 'shop');
    const { DBSnapshots } = await standby.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
    expect(DBSnapshots?.[0]?.Status).toBe('available');
  });

  it('is promoted: it has no source any more, its source no replica, and it takes writes', async () => {
    await promote(standby, 7);
    const { one, seen } = await settled(standby, 'shop');
    expect([...seen]).toEqual(expect.arrayContaining(['modifying', 'rebooting', 'backing-up']));
    expect(one.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
    expect((await describeInstance(home, 'shop')).ReadReplicaDBInstanceIdentifiers ?? []).toEqual([]);
    await query('us-west-2', 'shop', 'INSERT INTO orders VALUES (4)');
    await expect(promote(standby)).rejects.toThrow(/not a read replica/);
  });

  it('restarts when it is renamed, as RDS does, and is then reached by its new name only', async () => {
    const before = await pidOf('us-east-1', 'shop');
    const NewDBInstanceIdentifier = 'shop-quarantine-e1';
    await expect(
      home.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'shop', NewDBInstanceIdentifier })),
    ).rejects.toThrow(/maintenance window/);
    await modify(home, 'shop', { NewDBInstanceIdentifier, VpcSecurityGroupIds: ['sg-quarantine'] });
    const { one } = await settled(home, NewDBInstanceIdentifier);
    expect(one.Endpoint?.Address).toMatch(/^shop-quarantine-e1\./);
    expect(one.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).toEqual(['sg-quarantine']);
    // Nobody stays connected to it who knew it by the old one.
    expect(await pidOf('us-east-1', NewDBInstanceIdentifier)).not.toBe(before);
    await expect(query('us-east-1', 'shop', 'SELECT 1')).rejects.toThrow(/No database is reached as shop\./);
  });

  it('can be succeeded by a replica of the new primary under its old identifier', async () => {
    await replica(home, await describeInstance(standby, 'shop'));
    await settled(home, 'shop');
    await until(async () => (await query('us-east-1', 'shop', 'SELECT FROM orders')).length === 4);
    expect((await describeInstance(standby, 'shop')).ReadReplicaDBInstanceIdentifiers).toEqual([
      `arn:aws:rds:us-east-1:${ACCOUNT}:db:shop`,
    ]);
  });

  it('refuses a replica of what takes no backups, also if that is a replica itself', async () => {
    await expect(replica(home, await describeInstance(home, 'shop'), 'read')).rejects.toThrow(
      /backups are not enabled/,
    );
    await modify(standby, 'shop', { BackupRetentionPeriod: 0 });
    const { one } = await settled(standby, 'shop');
    await expect(replica(home, one, 'another')).rejects.toThrow(/backups are not enabled/);
  });

  it('ends its process when it is deleted', async () => {
    const pid = await pidOf('us-east-1', 'shop-quarantine-e1');
    await home.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'shop-quarantine-e1', SkipFinalSnapshot: true }),
    );
    await until(async () => {
      const { DBInstances } = await home.send(new DescribeDBInstancesCommand());
      return DBInstances?.length === 1;
    });
    expect(runs(pid)).toBe(false);
  });

  it('fails its stack with what PostgreSQL says if that refuses a parameter', async () => {
    const ParameterName = 'work_mem';
    await home.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: 'group',
        Parameters: [{ ParameterName, ParameterValue: 'much', ApplyMethod: 'pending-reboot' }],
      }),
    );
    const stacks = new Stacks(api);
    const stack = await stacks.create('broken', {
      Resources: {
        Database: {
          Type: 'AWS::RDS::DBInstance',
          Properties: {
            DBInstanceClass: 'db.t4g.micro',
            Engine: 'postgres',
            EngineVersion: '17.5',
            AllocatedStorage: '20',
            MasterUsername: OWNER.user,
            MasterUserPassword: OWNER.password,
            DBParameterGroupName: 'group',
          },
        },
      },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.failures('broken')).toContainEqual(expect.stringMatching(/invalid value.*work_mem/));
  });

  it('ends with the API', async () => {
    const pids = [await pidOf('us-east-1', 'shop'), await pidOf('us-west-2', 'shop')];
    expect(pids.map(runs)).toEqual([true, true]);
    await api.stop();
    expect(pids.map(runs)).toEqual([false, false]);
  });
});
