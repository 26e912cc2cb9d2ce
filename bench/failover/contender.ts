import { Client } from 'pg';
import type { Credential } from '../../local/postgres/server';
import { DATABASE } from '../../test/support/fence';

/** A primary and its replica under the care of one of the two, as the incident sees them. */
export interface Contender {
  readonly name: 'holdfast' | 'patroni';
  /** Ports of the two servers. */
  readonly old: number;
  readonly next: number;
  /** What it lacks on this PostgreSQL, in sentences. */
  readonly limitations: string;
  /** Who may log in to both, whatever they are. */
  readonly superuser: Credential;
  /** @returns a number that grows with each renewal of the holder's right to lead */
  renewals(): Promise<number>;
  /** Whether the other side has the right to lead. */
  isClaimed(): Promise<boolean>;
  /** Everything of the primary's machine: the server with all its sessions, and what renews and watches there. */
  processes(): Promise<readonly number[]>;
  /** Starts again what a machine starts that comes back. */
  returns(): Promise<void>;
  /** The last that its processes said. */
  said(): string;
  stop(): Promise<void>;
}

/** What ends what was started, in the order in which it was started. */
export type Closing = (() => Promise<void>)[];

/**
 * @param start tells what to end for each thing that it starts; what it does last is ended first
 * @returns what it started, and how to stop that; nothing is left of a start that fails
 */
export async function closingAll(
  start: (closing: Closing) => Promise<Omit<Contender, 'stop'>>,
): Promise<Contender> {
  const closing: Closing = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return { ...(await start(closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The settings of all servers. Nothing is turned off that a database in operation has on. */
export const SETTINGS = {
  max_connections: '60',
  max_worker_processes: '8',
  wal_level: 'replica',
  wal_log_hints: 'on',
  wal_keep_size: '256MB',
  max_wal_senders: '10',
  max_replication_slots: '10',
  max_prepared_transactions: '0',
  max_locks_per_transaction: '64',
  track_commit_timestamp: 'on',
  hot_standby: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  synchronous_standby_names: '',
  shared_buffers: '128MB',
  checkpoint_timeout: '5min',
  max_wal_size: '1GB',
} as const;

/** What the writers fill. */
export const WRITTEN = 'CREATE TABLE public.written (id int PRIMARY KEY, at timestamptz NOT NULL)';

/** @returns what a server answers to one statement of the superuser */
export async function ask(
  { superuser: { username: user, password } }: Pick<Contender, 'superuser'>,
  port: number,
  sql: string,
  database: string = DATABASE,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
    application_name: 'holdfast-bench',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** @returns the process id of a server's first process */
export async function postmasterOf(of: Pick<Contender, 'superuser'>, port: number): Promise<number> {
  const [row] = await ask(of, port, "SELECT pg_read_file('postmaster.pid') AS file");
  return Number.parseInt(String(row?.file), 10);
}

/** @returns the settings in which a server differs from what both sides are to have, one sentence each */
export async function differences(of: Contender, port: number): Promise<string[]> {
  const rows = await ask(
    of,
    port,
    `SELECT name, current_setting(name) AS value FROM pg_settings
      WHERE name IN (${Object.keys(SETTINGS)
        .map((name) => `'${name}'`)
        .join(', ')})`,
  );
  const found = new Map(rows.map(({ name, value }) => [String(name), String(value)]));
  return Object.entries(SETTINGS).flatMap(([name, value]) =>
    found.get(name) === value ? [] : [`${name} is ${found.get(name)} and should be ${value}`],
  );
}
