import { Client } from 'pg';
import type { Instance } from './instance';
import type { Databases } from './manager';

/** What one database says of itself, for a person. */
export interface DatabaseFact {
  readonly [name: string]: string;
  readonly region: string;
  readonly endpoint: string;
  readonly says: string;
}

export interface Inspection {
  readonly facts: readonly DatabaseFact[];
  /** One sentence for each database that does not answer, or for each replica that does not stream. */
  readonly problems: readonly string[];
}

interface State {
  readonly version: string;
  readonly replays: boolean;
  readonly streams: boolean;
  readonly followers: number;
}

const QUESTION = `
SELECT split_part(version(), ' ', 2) AS version, pg_is_in_recovery() AS replays,
  EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streams,
  (SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming') AS followers`;

/** Asks every database as a client does: by TLS, with the certificate checked against its endpoint's name. */
export async function inspect(databases: Databases): Promise<Inspection> {
  const facts: DatabaseFact[] = [];
  const problems: string[] = [];
  for (const instance of databases.list()) {
    const { host } = instance;
    const region = host.split('.')[2] ?? '';
    try {
      const state = await ask(instance, databases.files.ca);
      facts.push({ region, endpoint: host, says: sentence(state) });
      if (state.replays && !state.streams)
        problems.push(`${host}: the replica does not stream from its source.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      facts.push({ region, endpoint: host, says: `no answer: ${reason}` });
      problems.push(`${host}: PostgreSQL does not answer: ${reason}`);
    }
  }
  return { facts, problems };
}

async function ask({ host, server }: Instance, ca: string): Promise<State> {
  const { username: user, password } = server.superuser;
  const where = { host: server.host, port: server.port, user, password, database: 'postgres' };
  const client = new Client({ ...where, ssl: { ca, servername: host }, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<State>(QUESTION);
    if (!rows[0]) throw new Error('It gives no row.');
    return rows[0];
  } finally {
    await client.end();
  }
}

function sentence({ version, replays, streams, followers }: State): string {
  const role = replays ? `replica ${streams ? 'streams' : 'does not stream'}` : 'primary';
  const copies =
    followers === 0 ? '' : `, ${followers} ${followers === 1 ? 'replica follows' : 'replicas follow'}`;
  return `PostgreSQL ${version} answers, ${role}${copies}`;
}
