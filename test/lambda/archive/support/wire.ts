import type { Message, Tuple, Value } from '../../../../lambda/archive/pgoutput/message';

/** Writes messages as pgoutput does, protocol version 1 with text values. */

/** PostgreSQL counts microseconds since 2000. */
const EPOCH_2000_US = 946_684_800_000_000n;

const u8 = (value: number): Buffer => Buffer.from([value]);
const i16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
const i64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return bytes;
};
const string = (value: string): Buffer => Buffer.from(`${value}\0`);
const letter = (value: string): Buffer => Buffer.from(value);
const time = (us: bigint): Buffer => i64(us - EPOCH_2000_US);

function value(one: Value): Buffer {
  if (one === null) return letter('n');
  if (one === undefined) return letter('u');
  const bytes = Buffer.from(one);
  return Buffer.concat([letter('t'), u32(bytes.length), bytes]);
}

const tuple = (row: Tuple): Buffer => Buffer.concat([i16(row.length), ...row.map(value)]);
const old = ({ whole, row }: { readonly whole: boolean; readonly row: Tuple }): Buffer =>
  Buffer.concat([letter(whole ? 'O' : 'K'), tuple(row)]);

/** @returns the message as the server sends it, without any length before it */
export function wireOf(message: Message): Uint8Array {
  return Buffer.concat(partsOf(message));
}

function partsOf(message: Message): Buffer[] {
  switch (message.kind) {
    case 'begin':
      return [letter('B'), i64(message.commitLsn), time(message.commitTimeUs), u32(message.xid)];
    case 'commit':
      return [letter('C'), u8(0), i64(message.commitLsn), i64(message.endLsn), time(message.commitTimeUs)];
    case 'origin':
      return [letter('O'), i64(0n), string(message.name)];
    case 'relation':
      return [
        letter('R'),
        u32(message.id),
        string(message.schema === 'pg_catalog' ? '' : message.schema),
        string(message.name),
        letter(message.identity),
        i16(message.columns.length),
        ...message.columns.flatMap(({ name, key, type, modifier }) => [
          u8(key ? 1 : 0),
          string(name),
          u32(type),
          u32(modifier),
        ]),
      ];
    case 'type':
      return [letter('Y'), u32(message.id), string(message.schema), string(message.name)];
    default:
      return changeOf(message);
  }
}

type ChangeMessage = Extract<Message, { kind: 'insert' | 'update' | 'delete' | 'truncate' | 'message' }>;

function changeOf(message: ChangeMessage): Buffer[] {
  switch (message.kind) {
    case 'insert':
      return [letter('I'), u32(message.relation), letter('N'), tuple(message.row)];
    case 'update': {
      const before = message.old ? [old(message.old)] : [];
      return [letter('U'), u32(message.relation), ...before, letter('N'), tuple(message.row)];
    }
    case 'delete':
      return [letter('D'), u32(message.relation), old(message.old)];
    case 'truncate':
      return [
        letter('T'),
        u32(message.relations.length),
        u8((message.cascade ? 1 : 0) | (message.restartIdentity ? 2 : 0)),
        ...message.relations.map(u32),
      ];
    case 'message':
      return [
        letter('M'),
        u8(message.transactional ? 1 : 0),
        i64(message.lsn),
        string(message.prefix),
        u32(message.content.length),
        Buffer.from(message.content),
      ];
  }
}
