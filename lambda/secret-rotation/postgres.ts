import { Client } from 'pg';
import { DatabaseUnreachable, LoginRefused } from './errors';
import type { Database, Row } from './ports';

const CONNECT_MS = 5_000;
const QUERY_MS = 60_000;
/** SQLSTATE class 28: invalid authorization. */
const REFUSED = /^28/;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/**
 * Connects by TLS only, to a server whose certificate is valid for its name.
 * @param ca further authorities beside the host's (and those of NODE_EXTRA_CA_CERTS), in PEM
 */
export function postgres({ host, port, database }: Address, ca?: string): Database {
  return {
    async connect({ username, password }) {
      const client = new Client({
        host,
        port,
        database,
        user: username,
        password,
        ssl: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: QUERY_MS,
        application_name: 'holdfast-secret-rotation',
      });
      // A connection that breaks between two queries fails the next one; unheard, it would end the process.
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch (error) {
        await client.end().catch(() => undefined);
        if (REFUSED.test(codeOf(error))) throw new LoginRefused(username, { cause: error });
        throw new DatabaseUnreachable(host, { cause: error });
      }
      return {
        async query(sql, parameters = []) {
          const { rows } = await client.query<Row>(sql, [...parameters]);
          return rows;
        },
        end: () => client.end(),
      };
    },
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
