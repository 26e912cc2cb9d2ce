import { Client, type ClientConfig } from 'pg';
import { VALUES } from '../../archive/replay/settings';
import type { Clock } from '../../runtime/clock';
import {
  type Address,
  type Credential,
  codeOf,
  DatabaseUnreachable,
  LoginRefused,
  type OwnName,
} from '../../runtime/postgres/session';
import type { ReplicationSession } from '../ports';
import { ServerRefused, SlotActive } from './errors';
import { query, startReplication } from './protocol';
import { CopyStream } from './stream';

/** SQLSTATE class 28: invalid authorization. */
const REFUSED = /^28/;
/** SQLSTATE object_in_use. */
const IN_USE = '55006';

/** Values are written as a replay reads them, whatever the database or the role is set to. */
const VALUES_OPTIONS = Object.entries(VALUES)
  .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
  .join(' ');

export interface ReplicationOptions {
  /** The session's `application_name`. */
  readonly name: OwnName;
  /** Further authorities beside the host's (and those of NODE_EXTRA_CA_CERTS), in PEM. */
  readonly ca?: string | undefined;
  readonly connectMs?: number;
  /** For one command, in milliseconds. */
  readonly commandMs?: number;
}

/** What logs in to a walsender of one database. */
export interface ReplicationServer {
  /**
   * @throws {LoginRefused} if the database does not accept the credential
   * @throws {DatabaseUnreachable} if it could not be asked
   */
  connect(credential: Credential): Promise<ReplicationSession>;
}

/**
 * Connects by TLS only, to a server whose certificate is valid for its name. The driver logs in and asks; from the start
 * of the replication on the socket is read past it.
 */
export function replication(
  { host, port, database }: Address,
  clock: Clock,
  options: ReplicationOptions,
): ReplicationServer {
  const { name, ca, connectMs = 5_000, commandMs = 10_000 } = options;
  return {
    async connect({ username, password }) {
      const config: ClientConfig & { readonly replication: 'database' } = {
        host,
        port,
        database,
        user: username,
        password,
        ssl: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
        connectionTimeoutMillis: connectMs,
        query_timeout: commandMs,
        application_name: name,
        keepAlive: true,
        replication: 'database',
        options: VALUES_OPTIONS,
      };
      const client = new Client(config);
      // Unheard, a connection that breaks between two commands would end the process.
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        await client.end().catch(() => undefined);
        if (REFUSED.test(codeOf(error))) throw new LoginRefused(username, { cause: error });
        throw new DatabaseUnreachable(host, { cause: error });
      }
      return session(client, clock, commandMs);
    },
  };
}

function session(client: Client, clock: Clock, commandMs: number): ReplicationSession {
  return {
    async identify() {
      const { rows } = await client.query<{ systemid: string; timeline: number }>('IDENTIFY_SYSTEM');
      const [row] = rows;
      return { system: String(row?.systemid), timeline: Number(row?.timeline) };
    },
    async start(slot, publication) {
      const { stream } = client.connection;
      // Nothing is under way, so the driver's parser holds no half message.
      stream.removeAllListeners('data');
      const copying = new CopyStream(stream, clock);
      try {
        await copying.begin(query(startReplication(slot, publication)), commandMs);
        return copying;
      } catch (error) {
        await copying.end();
        const active = error instanceof ServerRefused && error.code === IN_USE;
        throw active ? new SlotActive(slot, { cause: error }) : error;
      }
    },
    end: () => client.end(),
  };
}
