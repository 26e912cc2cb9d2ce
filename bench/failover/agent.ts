import type { DBInstance } from '@aws-sdk/client-rds';
import { Client } from 'pg';
import { databaseInstance } from '../../lambda/region-agent/aws/instance';
import { recordedLeadership } from '../../lambda/region-agent/aws/leadership';
import type { Rds } from '../../lambda/region-agent/aws/rds';
import type { AwsWorld } from '../../lambda/region-agent/aws/world';
import type { AgentSettings } from '../../lambda/region-agent/contract';
import { fencedDatabase } from '../../lambda/region-agent/postgres';
import { run } from '../../lambda/region-agent/run';
import { systemClock } from '../../lambda/runtime/clock';
import type { Address, Credential } from '../../lambda/runtime/postgres/session';
import { EtcdClient } from './etcd';
import { tableIn } from './table';

/**
 * The agents of one region in a process of their own: the deployed code between a real server and the record in etcd.
 * Runs begin every minute and overlap, as they are scheduled, and each begins at a moment of its own between two polls,
 * as a schedule starts it. Played are RDS (it promotes the server at once), the services, and whoever is paged.
 */

export interface AgentProcess {
  readonly settings: AgentSettings;
  readonly etcd: string;
  readonly address: Address;
  readonly credential: Credential;
  /** Who may promote the server. */
  readonly superuser: Credential;
  /** Signs the certificate of the server, in PEM. */
  readonly authority: string;
  /** What the server replicates; null for a primary. */
  readonly source: string | null;
  readonly runSeconds: number;
}

const EVERY_MS = 60_000;
const IDENTIFIER = 'bench-db';

start(JSON.parse(process.argv[2] ?? '{}') as AgentProcess);

function start(given: AgentProcess): void {
  const rds = promotedOver(given);
  const begin = (milliseconds: number): void => {
    setTimeout(
      () => {
        one(given, rds, milliseconds).catch((error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
          process.exit(1);
        });
      },
      Math.random() * given.settings.pollSeconds * 1000,
    );
  };
  const lasts = given.runSeconds * 1000;
  // As if others had begun a minute ago, two minutes ago, and so on.
  for (let left = lasts; left > 0; left -= EVERY_MS) begin(left);
  setInterval(() => begin(lasts), EVERY_MS);
}

async function one(given: AgentProcess, rds: Rds, milliseconds: number): Promise<void> {
  const world = worldOf(given, rds);
  const deadline = systemClock.monotonic() + milliseconds;
  await run(world, given.settings, systemClock, deadline, ({ sentence, failures }) => {
    process.stdout.write(`${new Date().toISOString()} ${[sentence, ...failures].join(' ')}\n`);
  });
  await world.end();
}

function worldOf({ etcd, address, credential, authority }: AgentProcess, rds: Rds): AwsWorld {
  const database = fencedDatabase(address, async () => credential, authority);
  return {
    leadership: recordedLeadership([tableIn(new EtcdClient(etcd))], systemClock),
    managed: {
      database,
      instance: databaseInstance(rds, IDENTIFIER, { retentionDays: 7, backupWindow: '04:00-05:00' }),
      rebuild: {
        observe: notHere,
        snapshot: notHere,
        quarantine: notHere,
        createReplica: notHere,
        mendReadReplica: notHere,
      },
    },
    fleet: { observe: async () => ({ services: [] }), scaleUp: nothing, scaleDown: nothing },
    otherSide: { close: nothing },
    secrets: { detach: nothing, reattach: nothing },
    prober: { fromHere: silent, fromWitness: silent, ownSide: silent },
    pager: { page: nothing },
    end: () => database.end(),
  };
}

/** RDS for one instance that is a real server. */
function promotedOver({ address, superuser, source }: AgentProcess): Rds {
  const instance = { status: 'available', source };
  const promote = async (): Promise<void> => {
    instance.status = 'modifying';
    const { username: user, password } = superuser;
    const client = new Client({ ...address, user, password });
    await client.connect();
    await client.query('SELECT pg_promote(true, 60)');
    await client.end();
    Object.assign(instance, { status: 'available', source: null });
  };
  return {
    describe: async (): Promise<DBInstance> => ({
      DBInstanceStatus: instance.status,
      BackupRetentionPeriod: 7,
      ...(instance.source === null ? {} : { ReadReplicaSourceDBInstanceIdentifier: instance.source }),
    }),
    // As RDS does, it answers first.
    promote: async () =>
      void promote().catch((error: unknown) => {
        instance.status = 'failed';
        process.stderr.write(`The promotion failed: ${String(error)}\n`);
      }),
    snapshotStatus: async () => undefined,
    takeSnapshot: nothing,
    modify: nothing,
    restart: notHere,
    createReplica: notHere,
    remove: notHere,
  };
}

async function nothing(): Promise<void> {}
const silent = async () => ({ answers: false, sentence: 'Nobody was asked.' });
const notHere = async (): Promise<never> => {
  throw new Error('Nothing is rebuilt here.');
};
