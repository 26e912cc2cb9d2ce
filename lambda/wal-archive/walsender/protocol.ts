import { ServerRefused } from './errors';

/**
 * Messages of PostgreSQL's protocol, as far as a walsender and its client exchange them.
 * https://www.postgresql.org/docs/17/protocol-message-formats.html
 * https://www.postgresql.org/docs/17/protocol-replication.html
 */

/** First byte of what the server sends. */
export const SERVER = {
  copyBoth: 0x57,
  copyData: 0x64,
  copyDone: 0x63,
  commandComplete: 0x43,
  readyForQuery: 0x5a,
  error: 0x45,
} as const;

/** First byte within copied data. */
export const COPIED = { log: 0x77, keepalive: 0x6b } as const;

/** Bytes before the content: the kind, and the length that counts itself but not the kind. */
export const PREFIX_BYTES = 5;
/** Bytes before the content of a piece of the log: kind, start and end of the log, clock of the server. */
export const LOG_PREFIX_BYTES = 25;
/** Bytes of a keepalive: kind, end of the log, clock of the server, whether an answer is wanted. */
export const KEEPALIVE_BYTES = 18;

/** Microseconds from 1970 to 2000. */
const EPOCH_2000_US = 946_684_800_000_000n;

function framed(kind: string, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES + content.length);
  bytes.write(kind, 0, 'latin1');
  bytes.writeUInt32BE(content.length + 4, 1);
  bytes.set(content, PREFIX_BYTES);
  return bytes;
}

export const query = (sql: string): Buffer => framed('Q', Buffer.from(`${sql}\0`));
export const COPY_DONE: Buffer = framed('c', Buffer.alloc(0));
export const TERMINATE: Buffer = framed('X', Buffer.alloc(0));

export interface Status {
  /** Received so far: for `pg_stat_replication` only. */
  readonly written: bigint;
  /** Durable so far: the server gives up the log before it. 0 leaves it as it is. */
  readonly flushed: bigint;
  readonly nowMs: number;
  readonly replyRequested: boolean;
}

/** @returns a standby status update */
export function statusUpdate({ written, flushed, nowMs, replyRequested }: Status): Buffer {
  const content = Buffer.alloc(34);
  content.write('r', 0, 'latin1');
  content.writeBigUInt64BE(written, 1);
  content.writeBigUInt64BE(flushed, 9);
  content.writeBigUInt64BE(flushed, 17);
  content.writeBigInt64BE(BigInt(Math.trunc(nowMs)) * 1_000n - EPOCH_2000_US, 25);
  content.writeUInt8(replyRequested ? 1 : 0, 33);
  return framed('d', content);
}

/** @param content of an ErrorResponse: fields, each a letter and a text that ends with a zero */
export function refusal(content: Buffer): ServerRefused {
  const fields = new Map(
    content
      .toString('utf8')
      .split('\0')
      .flatMap((field): [string, string][] => (field === '' ? [] : [[field.slice(0, 1), field.slice(1)]])),
  );
  const detail = fields.get('D');
  const said = fields.get('M') ?? 'it did not say why';
  return new ServerRefused(fields.get('C') ?? 'XX000', detail === undefined ? said : `${said} (${detail})`);
}

const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Version 1: only what is committed, each transaction in one piece. The position is 0/0, because the server begins at
 * the slot's own in any case, and would pass over everything before a later one without a word.
 */
export const startReplication = (slot: string, publication: string): string =>
  `START_REPLICATION SLOT ${quotedName(slot)} LOGICAL 0/0 (proto_version '1', ` +
  `publication_names ${quotedText(quotedName(publication))}, messages 'true')`;
