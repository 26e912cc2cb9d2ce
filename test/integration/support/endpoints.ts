import { randomBytes } from 'node:crypto';
import dns from 'node:dns';
import { Client } from 'pg';
import { setup } from '../../../lambda/database-setup/setup';
import { databaseCredential } from '../../../lambda/region-agent/aws/credential';
import { secretsManager } from '../../../lambda/region-agent/aws/secrets-manager';
import { type FenceConnection, fencedDatabase } from '../../../lambda/region-agent/postgres';
import { systemClock } from '../../../lambda/runtime/clock';
import { postgres } from '../../../lambda/runtime/postgres/connect';
import type { LocalAws } from '../../../local/aws-api';
import { AGENT, APP, ARCHIVER, DATABASE, MONITOR, OWNER, PROPERTIES } from '../../support/fence';
import { resourceHost } from '../../support/resource-host';
import { codeOf } from '../../support/writers';
import type { Place } from './places';
import { AGENT_SECRET, IDENTIFIER } from './rds-platform';

/**
 * The databases of the local AWS API behind the names of their endpoints: reached by TLS, the certificate checked against
 * the name. Which port of this machine is behind a name changes when the recipe puts another instance there.
 */
export class Endpoints {
  private readonly lookup = dns.lookup;

  /** From now on the names of endpoints are this machine, until `restore`. */
  constructor(private readonly api: LocalAws) {
    const { lookup } = this;
    const patched = (host: string, ...rest: never[]): void =>
      Reflect.apply(lookup, dns, [host.endsWith('.rds.amazonaws.com') ? '127.0.0.1' : host, ...rest]);
    Object.assign(dns, { lookup: patched });
  }

  restore(): void {
    Object.assign(dns, { lookup: this.lookup });
  }

  /** @throws if no instance is reached so */
  address(region: Place, identifier = IDENTIFIER) {
    const host = `${identifier}.aaaaaaaaaa.${region}.rds.amazonaws.com`;
    return { host, port: this.api.databases.find(host).server.port, database: DATABASE };
  }

  /** The server behind an endpoint. */
  server(region: Place, identifier?: string) {
    return this.api.databases.find(this.address(region, identifier).host).server;
  }

  /** Makes the table of the application and installs the fence, as a deployment does. */
  async deployFence(region: Place): Promise<void> {
    await this.ask(region, OWNER, 'CREATE TABLE orders (id int PRIMARY KEY)');
    const { ca } = this.api.databases.files;
    const secrets: Readonly<Record<string, typeof APP>> = {
      owner: OWNER,
      application: APP,
      agent: AGENT,
      archive: ARCHIVER,
      monitor: MONITOR,
    };
    const resource = setup(
      {
        database: postgres(this.address(region), { name: 'holdfast-test', ca }),
        secrets: { credential: async (name) => secrets[name] ?? OWNER },
        bytes: randomBytes,
      },
      { owner: 'owner', application: 'application', agent: 'agent', archive: 'archive', monitor: 'monitor' },
    );
    const properties = { ...PROPERTIES, ApplicationLimit: '20' };
    await resource.create(resource.parse(properties), resourceHost());
  }

  /** The fence of whatever instance is behind the region's endpoint at the time of a call. */
  fence(region: Place): FenceConnection {
    let known: { readonly port: number; readonly fence: FenceConnection } | undefined;
    const credential = databaseCredential(secretsManager(region, systemClock), AGENT_SECRET);
    const present = async (): Promise<FenceConnection> => {
      const address = this.address(region);
      if (known?.port !== address.port) {
        await known?.fence.end().catch(() => undefined);
        known = {
          port: address.port,
          fence: fencedDatabase(address, credential, this.api.databases.files.ca),
        };
      }
      return known.fence;
    };
    return {
      observe: async () => (await present()).observe(),
      renew: async (lease) => (await present()).renew(lease),
      open: async (lease) => (await present()).open(lease),
      close: async (lease) => (await present()).close(lease),
      endSessions: async () => (await present()).endSessions(),
      end: async () => known?.fence.end(),
    };
  }

  /** @returns the ids in the table, as its owner reads them */
  async ids(region: Place, identifier?: string): Promise<readonly number[]> {
    const rows = await this.ask(region, OWNER, 'SELECT id FROM orders ORDER BY id', identifier);
    return rows.map(({ id }) => Number(id));
  }

  /** The application writes one row. @returns `done`, or the SQLSTATE or name of what was against it */
  async write(region: Place, id: number, identifier?: string): Promise<string> {
    try {
      await this.ask(region, APP, `INSERT INTO orders VALUES (${id})`, identifier);
      return 'done';
    } catch (error) {
      return codeOf(error);
    }
  }

  private async ask(region: Place, who: typeof APP, sql: string, identifier?: string) {
    const { username: user, password } = who;
    const ssl = { ca: this.api.databases.files.ca };
    const client = new Client({ ...this.address(region, identifier), user, password, ssl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
