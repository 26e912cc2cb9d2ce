import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { setup } from '../../lambda/database-setup/setup';
import type { FencedDatabase, Lease } from '../../lambda/region-agent/ports';
import { fencedDatabase } from '../../lambda/region-agent/postgres';
import type { Host, Outcome } from '../../lambda/runtime/custom-resource';
import { postgres } from '../../lambda/runtime/postgres/connect';
import type { Address } from '../../lambda/runtime/postgres/session';
import type { ExtensionFiles, Installation } from '../../local/postgres/binaries';
import { type CronRunner, PG_CRON, runCron } from '../../local/postgres/cron';
import { selfSigned } from './certificate';
import { type Credential, startPostgres, type TestPostgres } from './postgres';
import { resourceHost } from './resource-host';

/**
 * A fenced PostgreSQL as RDS has it: its superuser is `rdsadmin`, and the owner may create event triggers. RDS allows
 * that to the members of `rds_superuser`; here only a superuser may, so the owner is one.
 */
export const DATABASE = 'shop';
export const OWNER: Credential = { username: 'holdfast_owner', password: 'owner-in-a-test' };
export const APP: Credential = { username: 'app_a', password: 'application-in-a-test' };
export const AGENT: Credential = { username: 'holdfast_agent_a', password: 'agent-in-a-test' };
export const ARCHIVER: Credential = { username: 'holdfast_archive_a', password: 'archiver-in-a-test' };
export const MONITOR: Credential = { username: 'holdfast_monitor_a', password: 'monitor-in-a-test' };
export const PROPERTIES = {
  EnforceSeconds: '1',
  Statements: 'true',
  ApplicationLimit: '12',
  Archive: 'false',
  KeylessTables: 'refuse',
};
/** Settings of a server whose log is archived. */
export const LOGICAL = { wal_level: 'logical', track_commit_timestamp: 'on' };

const RDSADMIN: Credential = { username: 'rdsadmin', password: 'rdsadmin-in-a-test' };
const SECRETS: Readonly<Record<string, Credential>> = {
  owner: OWNER,
  application: APP,
  agent: AGENT,
  archive: ARCHIVER,
  monitor: MONITOR,
};
const NAMES = {
  owner: 'owner',
  application: 'application',
  agent: 'agent',
  archive: 'archive',
  monitor: 'monitor',
};
const authority = selfSigned();
/** Signs the certificate of every server here, in PEM. */
export const AUTHORITY = authority.certificate;

export interface FencedServer {
  readonly server: TestPostgres;
  /** Where functions find the database, and who signs the certificate of that name, in PEM. */
  readonly address: Address;
  readonly ca: string;
  readonly agent: FencedDatabase;
  /** Deploys the custom resource. */
  setup(properties?: Readonly<Record<string, unknown>>, host?: Host): Promise<Outcome>;
  /**
   * @param application the session's name. Without one it has a name as Holdfast's own have, so that the fence does not
   *   end it if it is the owner's.
   * @returns a connected client, the owner's if no other is named; the caller ends it
   */
  as(credential?: Credential, application?: string): Promise<Client>;
  /** Opens the lease of an epoch for so many seconds of the database's clock. */
  open(epoch: number, seconds?: number): Promise<Lease>;
  /** Starts to run pg_cron's jobs. */
  cron(): CronRunner;
  /** The same for another server, for example a replica. */
  on(server: TestPostgres): FencedServer;
  stop(): Promise<void>;
}

/**
 * @param extensions that it can be given, beside those that PostgreSQL brings and pg_cron
 * @param installation a PostgreSQL of this machine; if none is given, version 17
 * @returns a server with a database, an owner and a table `public.orders`, not set up yet
 */
export async function startFenced(
  settings: Readonly<Record<string, string>> = {},
  extensions: ExtensionFiles = {},
  installation?: Installation,
): Promise<FencedServer> {
  const server = await startPostgres({
    settings,
    installation,
    tls: authority,
    superuser: RDSADMIN,
    extensions: { ...PG_CRON, ...extensions },
  });
  try {
    const admin = await server.connect();
    await admin.query(`CREATE ROLE ${OWNER.username} LOGIN SUPERUSER PASSWORD '${OWNER.password}'`);
    await admin.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER.username}`);
    await admin.end();
    const fenced = fencedOn(server);
    const owner = await fenced.as();
    await owner.query('CREATE TABLE public.orders (id bigserial PRIMARY KEY, note text)');
    await owner.end();
    return fenced;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * @param host by which the server is known, and which its certificate is for
 * @param ca who has signed that, in PEM
 */
export function fencedOn(
  server: TestPostgres,
  host: string = server.host,
  ca: string = authority.certificate,
): FencedServer {
  const address = { host, port: server.port, database: DATABASE };
  const agent = fencedDatabase(address, async () => AGENT, ca);
  const runners: CronRunner[] = [];
  const resource = setup(
    {
      database: postgres(address, { name: 'holdfast-database-setup', ca }),
      secrets: { credential: async (name) => SECRETS[name] ?? OWNER },
      bytes: randomBytes,
    },
    NAMES,
  );
  return {
    server,
    address,
    ca,
    agent,
    setup: (properties = {}, host = resourceHost()) =>
      resource.create(resource.parse({ ...PROPERTIES, ...properties }), host),
    async as({ username: user, password } = OWNER, application_name = 'holdfast-test') {
      const client = new Client({ ...address, user, password, application_name });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    async open(epoch, seconds = 60) {
      const { clockMs, lease } = await agent.observe();
      const next = { epoch, version: lease.version + 1, limitMs: clockMs + seconds * 1000 };
      if (!(await agent.open(next))) throw new Error('The fence did not open.');
      return next;
    },
    cron() {
      const runner = runCron(server, DATABASE);
      runners.push(runner);
      return runner;
    },
    on: (other) => fencedOn(other),
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop()));
      await server.stop();
    },
  };
}
