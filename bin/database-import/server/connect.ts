import { Client } from 'pg';
import { DatabaseUnreachable, type Row, type Session } from '../../../lambda/runtime/postgres/session';
import type { Dsn } from './dsn';

const CONNECT_MS = 10_000;

export interface ConnectOptions {
  /** Further authority beside those of Node, in PEM. */
  readonly ca?: string | undefined;
  /** Name that the certificate must be valid for, where the host is an address, as that of a tunnel. */
  readonly certificateName?: string | undefined;
}

/**
 * A session at either server. It may write although its database is set to refuse that, and no limit of the server ends it
 * while it waits. Its name is one of those that the fence lets the owner keep.
 * @throws {DatabaseUnreachable}
 */
export async function connect(dsn: Dsn, { ca, certificateName }: ConnectOptions = {}): Promise<Session> {
  const verified = {
    rejectUnauthorized: dsn.tls === 'verified',
    ...(ca === undefined ? {} : { ca }),
    ...(certificateName === undefined ? {} : { servername: certificateName }),
  };
  const client = new Client({
    host: dsn.host,
    port: dsn.port,
    database: dsn.database,
    user: dsn.username,
    password: dsn.password,
    ssl: dsn.tls === 'off' ? false : verified,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'holdfast-import',
    options:
      '-c default_transaction_read_only=off -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  let open = true;
  // Unheard, a connection that breaks between two queries would end the process.
  for (const event of ['error', 'end'] as const) {
    client.on(event, () => {
      open = false;
    });
  }
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new DatabaseUnreachable(`${dsn.host}:${dsn.port}`, { cause: error });
  }
  return {
    async query(sql, parameters) {
      const { rows } = await client.query<Row>(sql, parameters && [...parameters]);
      return rows;
    },
    isOpen: () => open,
    end: () => client.end(),
  };
}
