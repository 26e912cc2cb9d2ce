import { setTimeout as wait } from 'node:timers/promises';
import {
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  type DBInstanceAutomatedBackup,
  type DBSnapshot,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { Client } from 'pg';
import type { LocalAws } from '../../local/aws-api';

const DEADLINE_MS = 60_000;
export const GROUP = { DBParameterGroupName: 'group' };

export interface Owner {
  readonly user: string;
  readonly password: string;
}

/** Waits until something comes about. */
export async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await wait(50)) {
    const found = await what();
    if (found !== undefined) return found;
  }
  throw new Error('It did not come about.');
}

/** What a test does with the databases of one region. */
export class Region {
  readonly client: RDSClient;

  constructor(
    private readonly api: LocalAws,
    readonly name: string,
  ) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.client = new RDSClient({ region: name, endpoint: api.endpoint, maxAttempts: 1, credentials });
  }

  /** Makes the group that restored instances get. */
  async parameterGroup(parameters: Readonly<Record<string, string>>): Promise<void> {
    await this.client.send(
      new CreateDBParameterGroupCommand({
        ...GROUP,
        DBParameterGroupFamily: 'postgres17',
        Description: 'test',
      }),
    );
    const Parameters = Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
      ...{ ParameterName, ParameterValue },
      ApplyMethod: 'pending-reboot' as const,
    }));
    await this.client.send(new ModifyDBParameterGroupCommand({ ...GROUP, Parameters }));
  }

  async create(DBInstanceIdentifier: string, { user, password }: Owner, more: object): Promise<void> {
    const size = { DBInstanceClass: 'db.t4g.micro', AllocatedStorage: 20 };
    const engine = { Engine: 'postgres', EngineVersion: '17.5' };
    const master = { MasterUsername: user, MasterUserPassword: password };
    await this.client.send(
      new CreateDBInstanceCommand({ DBInstanceIdentifier, ...size, ...engine, ...master, ...more }),
    );
  }

  async modify(DBInstanceIdentifier: string, change: object): Promise<void> {
    const command = { DBInstanceIdentifier, ApplyImmediately: true, ...change };
    await this.client.send(new ModifyDBInstanceCommand(command));
  }

  async remove(DBInstanceIdentifier: string, how: object = { SkipFinalSnapshot: true }): Promise<void> {
    await this.client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier, ...how }));
    await until(async () => {
      const { DBInstances } = await this.client.send(new DescribeDBInstancesCommand());
      return DBInstances?.some((one) => one.DBInstanceIdentifier === DBInstanceIdentifier) ? undefined : true;
    });
  }

  async take(DBInstanceIdentifier: string, DBSnapshotIdentifier: string): Promise<DBSnapshot | undefined> {
    const command = new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier });
    return (await this.client.send(command)).DBSnapshot;
  }

  async copy(source: string, target: string, more: object = {}): Promise<DBSnapshot | undefined> {
    const names = { SourceDBSnapshotIdentifier: source, TargetDBSnapshotIdentifier: target };
    return (await this.client.send(new CopyDBSnapshotCommand({ ...names, ...more }))).DBSnapshot;
  }

  async drop(DBSnapshotIdentifier: string): Promise<DBSnapshot | undefined> {
    return (await this.client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }))).DBSnapshot;
  }

  async restore(snapshot: string, identifier: string): Promise<DBInstance | undefined> {
    const names = { DBSnapshotIdentifier: snapshot, DBInstanceIdentifier: identifier };
    const command = new RestoreDBInstanceFromDBSnapshotCommand({ ...names, ...GROUP });
    return (await this.client.send(command)).DBInstance;
  }

  /** @param from what is restored, and to when */
  async rewind(TargetDBInstanceIdentifier: string, from: object): Promise<void> {
    const command = { TargetDBInstanceIdentifier, ...GROUP, ...from };
    await this.client.send(new RestoreDBInstanceToPointInTimeCommand(command));
  }

  async snapshots(which: object = {}): Promise<readonly string[]> {
    const { DBSnapshots } = await this.client.send(new DescribeDBSnapshotsCommand(which));
    return (DBSnapshots ?? []).map((one) => one.DBSnapshotIdentifier ?? '');
  }

  async backups(which: object = {}): Promise<readonly DBInstanceAutomatedBackup[]> {
    const answer = await this.client.send(new DescribeDBInstanceAutomatedBackupsCommand(which));
    return answer.DBInstanceAutomatedBackups ?? [];
  }

  async instance(DBInstanceIdentifier: string): Promise<DBInstance> {
    const found = await this.client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    if (!found.DBInstances?.[0]) throw new Error(`There is no ${DBInstanceIdentifier}.`);
    return found.DBInstances[0];
  }

  async snapshot(DBSnapshotIdentifier: string): Promise<DBSnapshot> {
    const found = await this.client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
    if (!found.DBSnapshots?.[0]) throw new Error(`There is no ${DBSnapshotIdentifier}.`);
    return found.DBSnapshots[0];
  }

  /** @returns the statuses in which the instance was seen until it was available */
  async settled(identifier: string): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    return until(async () => {
      const { DBInstanceStatus = '' } = await this.instance(identifier);
      if (DBInstanceStatus === 'failed') throw new Error(`${identifier} failed.`);
      seen.add(DBInstanceStatus);
      return DBInstanceStatus === 'available' ? seen : undefined;
    });
  }

  async complete(snapshot: string): Promise<DBSnapshot> {
    return until(async () => {
      const found = await this.snapshot(snapshot);
      if (found.Status === 'failed') throw new Error(`${snapshot} failed.`);
      return found.Status === 'available' ? found : undefined;
    });
  }

  /** A session as a client of the platform has it: by TLS, the certificate checked against the endpoint's name. */
  async connect(identifier: string, { user, password }: Owner, how = ''): Promise<Client> {
    const host = `${identifier}.aaaaaaaaaa.${this.name}.rds.amazonaws.com`;
    const { port } = this.api.databases.find(host).server;
    const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/shop${how}`;
    const ssl = { ca: this.api.databases.files.ca, servername: host };
    const client = new Client({ connectionString: url, ssl });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async query<Row extends object>(identifier: string, owner: Owner, text: string): Promise<readonly Row[]> {
    const session = await this.connect(identifier, owner);
    try {
      return (await session.query<Row>(text)).rows;
    } finally {
      await session.end();
    }
  }
}
