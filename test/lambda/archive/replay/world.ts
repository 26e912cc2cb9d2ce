import type { Client } from 'pg';
import { type ChainId, PUBLICATION, SLOT } from '../../../../lambda/archive/contract';
import { FRAME_HEAD, isDefinition } from '../../../../lambda/archive/format/frames';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import type { ReplayTransaction } from '../../../../lambda/archive/replay/input';
import { VALUES } from '../../../../lambda/archive/replay/settings';
import { ARCHIVE_TRIGGERS } from '../../../../lambda/database-setup/archive/capture';
import { IDENTIFY_NEW_TABLES } from '../../../../lambda/database-setup/archive/identity';
import { ARCHIVE } from '../../../../lambda/database-setup/archive/install';
import { ensureEventTrigger } from '../../../../lambda/database-setup/event-triggers';
import {
  GUARD_NEW_TABLES,
  GUARDS,
  IN_SETUP,
  REFUSE_TABLE_CHANGES,
} from '../../../../lambda/database-setup/guard';
import { LEASE } from '../../../../lambda/database-setup/lease';
import { SCHEMA, STATE } from '../../../../lambda/database-setup/schema';
import type { Session } from '../../../../lambda/runtime/postgres/session';
import { startPostgres, type TestPostgres } from '../../../support/postgres';

/**
 * A fenced and archived PostgreSQL with a workload on it, and physical copies of it that were promoted: what a restore
 * begins with. What the archive would hold is read from the slot.
 */

export const CHAIN: ChainId = { system: '7000000000000000000', database: 'postgres', epoch: 1, part: 0 };

const SETTINGS = {
  wal_level: 'logical',
  track_commit_timestamp: 'on',
  max_prepared_transactions: '10',
  shared_buffers: '64MB',
  autovacuum: 'off',
  // Only what was flushed is decoded.
  synchronous_commit: 'on',
};

export interface Captured extends ReplayTransaction {
  /** Its messages, Begin and Commit left out. */
  readonly messages: readonly Uint8Array[];
}

export interface Source {
  readonly server: TestPostgres;
  /** A session with an open lease. */
  readonly client: Client;
  readonly session: Session;
  run(...statements: readonly string[]): Promise<void>;
  /** @returns what has committed since it was asked last */
  capture(): Promise<readonly Captured[]>;
  /** Tells sequences and a sign of life, as the archiver asks for it. */
  beat(): Promise<void>;
  /** @returns a promoted copy of the server as it is now; nothing that comes later is in it, all before is passed over */
  base(): Promise<Target>;
  stop(): Promise<void>;
}

export interface Target {
  readonly server: TestPostgres;
  /** @returns a session of the superuser; ended with the target */
  session(database?: string): Promise<Session & { readonly client: Client }>;
  /** Makes a database that is as the first one is now; no session may be open there. */
  clone(name: string): Promise<void>;
  stop(): Promise<void>;
}

export const sessionOf = (client: Client): Session & { readonly client: Client } => {
  let open = true;
  const ended = (): void => {
    open = false;
  };
  client.on('error', ended);
  client.on('end', ended);
  return {
    client,
    async query(sql, parameters) {
      const { rows } = await client.query(sql, parameters && [...parameters]);
      return rows;
    },
    isOpen: () => open,
    end: () => client.end(),
  };
};

export async function startSource(settings: Readonly<Record<string, string>> = {}): Promise<Source> {
  const server = await startPostgres({ settings: { ...SETTINGS, ...settings } });
  try {
    const client = await server.connect();
    const session = sessionOf(client);
    await setUp(session);
    return source(server, client, session);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Begins the lease of epoch 1, for an hour. */
export const OPEN = `
  UPDATE holdfast.lease SET epoch = 1, version = 1, closed = false, timeline = holdfast.current_timeline();
  SELECT setval('holdfast.lease_limit', holdfast.now_ms() + 3600000),
         setval('holdfast.lease_timeline', holdfast.current_timeline())`;

async function setUp(session: Session): Promise<void> {
  await session.query(SCHEMA + STATE);
  await session.query(LEASE + GUARDS + ARCHIVE);
  await session.query(OPEN);
  await session.query('BEGIN');
  await session.query(IN_SETUP);
  for (const trigger of [GUARD_NEW_TABLES, REFUSE_TABLE_CHANGES, IDENTIFY_NEW_TABLES, ...ARCHIVE_TRIGGERS]) {
    await ensureEventTrigger(session, trigger);
  }
  await session.query(`CREATE PUBLICATION ${PUBLICATION} FOR ALL TABLES`);
  await session.query('COMMIT');
  await session.query('SELECT holdfast.refresh_sentinel(true)');
  await session.query('SELECT holdfast.refresh_sentinel(false)');
  await session.query('SELECT holdfast.make_archive_slot()');
}

function source(server: TestPostgres, client: Client, session: Session): Source {
  return {
    server,
    client,
    session,
    async run(...statements) {
      for (const statement of statements) await client.query(statement);
    },
    capture: () => capture(server),
    async beat() {
      await client.query('SELECT holdfast.archive_heartbeat(0)');
    },
    async base() {
      const copy = await server.replica();
      await capture(server);
      await copy.promote();
      return target(copy);
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}

function target(server: TestPostgres): Target {
  const clients: Client[] = [];
  return {
    server,
    async session(database = 'postgres') {
      const client = await server.connect({ ...server.superuser, database });
      clients.push(client);
      return sessionOf(client);
    },
    async clone(name) {
      const client = await server.connect({ ...server.superuser, database: 'template1' });
      await client.query(`CREATE DATABASE ${name} TEMPLATE postgres`);
      await client.end();
    },
    async stop() {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await server.stop();
    },
  };
}

const CHANGES = `
  SELECT data FROM pg_logical_slot_get_binary_changes('${SLOT}', NULL, NULL,
    'proto_version', '1', 'publication_names', '${PUBLICATION}', 'messages', 'true')`;

async function capture(server: TestPostgres): Promise<readonly Captured[]> {
  const client = await server.connect();
  try {
    for (const [name, value] of Object.entries(VALUES)) {
      await client.query('SELECT set_config($1, $2, false)', [name, value]);
    }
    const { rows } = await client.query<{ data: Buffer }>(CHANGES);
    return transactionsIn(rows.map(({ data }) => data));
  } finally {
    await client.end();
  }
}

export function transactionsIn(frames: readonly Uint8Array[]): readonly Captured[] {
  const found: Captured[] = [];
  const known: Uint8Array[] = [];
  let definitions: readonly Uint8Array[] = [];
  let messages: Uint8Array[] | undefined;
  let begun = { xid: 0, commitTimeUs: 0n };
  for (const bytes of frames) {
    const message = decode(bytes);
    if (message.kind === 'begin') {
      begun = message;
      messages = [];
      definitions = [...known];
    } else if (message.kind === 'commit') {
      const { xid, commitTimeUs } = begun;
      found.push(captured(xid, message.endLsn, commitTimeUs, messages ?? [], definitions));
      messages = undefined;
    } else {
      messages?.push(bytes);
      if (isDefinition(bytes[0] ?? 0)) known.push(bytes);
    }
  }
  return found;
}

const captured = (
  xid: number,
  endLsn: bigint,
  commitTimeUs: bigint,
  messages: readonly Uint8Array[],
  definitions: readonly Uint8Array[],
): Captured => ({
  chain: CHAIN,
  xid,
  endLsn,
  commitTimeUs,
  messages,
  definitions: () => definitions,
  async *blocks() {
    yield framed(messages);
  },
});

export function framed(messages: readonly Uint8Array[]): Uint8Array {
  const length = messages.reduce((sum, { length: one }) => sum + FRAME_HEAD + one, 0);
  const block = Buffer.alloc(length);
  let at = 0;
  for (const message of messages) {
    block.writeUInt32BE(message.length, at);
    block.set(message, at + FRAME_HEAD);
    at += FRAME_HEAD + message.length;
  }
  return block;
}

export async function* given<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}
