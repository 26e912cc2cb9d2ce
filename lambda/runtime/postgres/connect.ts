import { Client } from 'pg';
import {
  type Address,
  codeOf,
  type Database,
  DatabaseUnreachable,
  LoginRefused,
  type OwnName,
  type Row,
} from './session';

/** SQLSTATE class 28: invalid authorization. */
const REFUSED = /^28/;

export interface ConnectOptions {
  /** The session's `application_name`: shown in `pg_stat_activity`, and what the fence knows it by. */
  readonly name: OwnName;
  /** Further authorities beside the host's (and those of NODE_EXTRA_CA_CERTS), in PEM. */
  readonly ca?: string | undefined;
  readonly connectMs?: number;
  /** For one statement, in milliseconds, as the client waits. */
  readonly queryMs?: number;
  /** For one statement, in milliseconds, as the server allows; its own setting if none is given. */
  readonly statementMs?: number;
}

/**
 * Connects by TLS only, to a server whose certificate is valid for its name. A session whose server gave no answer in
 * time is of no use any more: end it.
 */
export function postgres({ host, port, database }: Address, options: ConnectOptions): Database {
  const { name, ca, connectMs = 5_000, queryMs = 60_000, statementMs } = options;
  return {
    async connect({ username, password }) {
      const client = new Client({
        host,
        port,
        database,
        user: username,
        password,
        ssl: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
        connectionTimeoutMillis: connectMs,
        query_timeout: queryMs,
        ...(statementMs === undefined ? {} : { statement_timeout: statementMs }),
        application_name: name,
      });
      let open = true;
      const ended = (): void => {
        open = false;
      };
      // Unheard, a connection that breaks between two queries would end the process.
      client.on('error', ended);
      client.on('end', ended);
      try {
        await client.connect();
      } catch (error) {
        await client.end().catch(() => undefined);
        if (REFUSED.test(codeOf(error))) throw new LoginRefused(username, { cause: error });
        throw new DatabaseUnreachable(host, { cause: error });
      }
      return {
        async query(sql, parameters) {
          const { rows } = await client.query<Row>(sql, parameters && [...parameters]);
          return rows;
        },
        isOpen: () => open,
        end: () => client.end(),
      };
    },
  };
}
