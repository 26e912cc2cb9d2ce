import type { Client } from 'pg';
import {
  type DdlMessage,
  type HeartbeatMessage,
  MESSAGES,
  PUBLICATION,
  type SequencesMessage,
  SLOT,
} from '../../../../lambda/archive/contract';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import type { LogicalMessage, Message } from '../../../../lambda/archive/pgoutput/message';
import { LOGICAL } from '../../../support/fence';

/** A server whose log can be read as soon as a command has answered. */
export const SERVER = { ...LOGICAL, synchronous_commit: 'on' };
export const ARCHIVED = { Archive: 'true' };

/** @returns everything that has come through the slot since the last time */
export async function drain(client: Client): Promise<readonly Message[]> {
  const { rows } = await client.query<{ readonly data: Buffer }>(
    `SELECT data FROM pg_logical_slot_get_binary_changes($1, NULL, NULL,
       'proto_version', '1', 'publication_names', $2, 'messages', 'true')`,
    [SLOT, PUBLICATION],
  );
  return rows.map(({ data }) => decode(data));
}

const contents = (messages: readonly Message[], prefix: string): unknown[] =>
  messages
    .filter((message): message is LogicalMessage => message.kind === 'message' && message.prefix === prefix)
    .map(({ content }) => JSON.parse(Buffer.from(content).toString()));

export const commandsIn = (messages: readonly Message[]): readonly DdlMessage[] =>
  contents(messages, MESSAGES.ddl) as DdlMessage[];
export const sequencesIn = (messages: readonly Message[]): readonly SequencesMessage[] =>
  contents(messages, MESSAGES.sequences) as SequencesMessage[];
export const heartbeatsIn = (messages: readonly Message[]): readonly HeartbeatMessage[] =>
  contents(messages, MESSAGES.heartbeat) as HeartbeatMessage[];

/** @returns the commands of what `sql` does, and of nothing before it, each with its fingerprint however long that takes */
export async function commandsOf(client: Client, sql: string): Promise<readonly DdlMessage[]> {
  await drain(client);
  await client.query("SET holdfast.fingerprint_due = ''");
  await client.query(sql);
  return commandsIn(await drain(client));
}

export async function fingerprintOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ readonly now: string }>(
    'SELECT holdfast.catalogue_fingerprint() AS now',
  );
  return rows[0]?.now ?? '';
}
