import { KIND } from '../format/frames';
import { fromPostgresTime } from '../format/positions';
import type {
  Begin,
  Column,
  Commit,
  Delete,
  Insert,
  LogicalMessage,
  Message,
  Origin,
  Relation,
  Truncate,
  Tuple,
  Type,
  Update,
  Value,
} from './message';
import { MalformedMessage, MessageReader } from './reader';

export { MalformedMessage } from './reader';

/**
 * Decodes one message of pgoutput, protocol version 1, whole.
 * @param bytes the message from the byte that says its kind; the result shares no memory with it
 * @throws {MalformedMessage} naming the byte, also if a message of another version or in binary format was handed in
 */
export function decode(bytes: Uint8Array): Message {
  const [kind] = bytes;
  if (kind === undefined) throw new MalformedMessage('A message', 'it is empty', 0);
  const decoder = DECODERS.get(kind);
  if (!decoder) {
    const found = JSON.stringify(String.fromCharCode(kind));
    throw new MalformedMessage('A message', `${found} is no kind of message`, 0);
  }
  const reader = new MessageReader(bytes, decoder.what);
  reader.skip(1);
  const message = decoder.read(reader);
  reader.end();
  return message;
}

interface Decoder {
  /** As the beginning of a sentence. */
  readonly what: string;
  read(reader: MessageReader): Message;
}

const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [KIND.begin, { what: 'A begin', read: begin }],
  [KIND.commit, { what: 'A commit', read: commit }],
  [KIND.origin, { what: 'An origin', read: origin }],
  [KIND.relation, { what: 'A relation', read: relation }],
  [KIND.type, { what: 'A type', read: type }],
  [KIND.insert, { what: 'An insert', read: insert }],
  [KIND.update, { what: 'An update', read: update }],
  [KIND.delete, { what: 'A delete', read: remove }],
  [KIND.truncate, { what: 'A truncate', read: truncate }],
  [KIND.message, { what: 'A logical message', read: logicalMessage }],
]);

const time = (reader: MessageReader): bigint => fromPostgresTime(reader.int64());

function begin(reader: MessageReader): Begin {
  return { kind: 'begin', commitLsn: reader.uint64(), commitTimeUs: time(reader), xid: reader.uint32() };
}

function commit(reader: MessageReader): Commit {
  // Flags, of which none is in use.
  reader.skip(1);
  return {
    kind: 'commit',
    commitLsn: reader.uint64(),
    endLsn: reader.uint64(),
    commitTimeUs: time(reader),
  };
}

function origin(reader: MessageReader): Origin {
  // The position of the commit on the origin's own server.
  reader.skip(8);
  return { kind: 'origin', name: reader.string() };
}

/** An empty name of a schema stands for `pg_catalog`. */
const schema = (reader: MessageReader): string => reader.string() || 'pg_catalog';

function relation(reader: MessageReader): Relation {
  const id = reader.uint32();
  const of = schema(reader);
  const name = reader.string();
  const identity = identityOf(reader);
  const columns = times(reader.uint16(), () => column(reader));
  return { kind: 'relation', id, schema: of, name, identity, columns };
}

function identityOf(reader: MessageReader): Relation['identity'] {
  const found = reader.byte();
  const identity = String.fromCharCode(found);
  if (identity === 'd' || identity === 'n' || identity === 'f' || identity === 'i') return identity;
  return reader.unexpected('the replica identity', found);
}

function column(reader: MessageReader): Column {
  const flags = reader.byte();
  return {
    key: (flags & 1) !== 0,
    name: reader.string(),
    type: reader.uint32(),
    modifier: reader.int32(),
  };
}

function type(reader: MessageReader): Type {
  return { kind: 'type', id: reader.uint32(), schema: schema(reader), name: reader.string() };
}

function insert(reader: MessageReader): Insert {
  const id = reader.uint32();
  expectNew(reader, reader.byte());
  return { kind: 'insert', relation: id, row: tuple(reader) };
}

function update(reader: MessageReader): Update {
  const id = reader.uint32();
  const part = reader.byte();
  if (part === NEW) return { kind: 'update', relation: id, old: undefined, row: tuple(reader) };
  const old = oldRow(reader, part);
  expectNew(reader, reader.byte());
  return { kind: 'update', relation: id, old, row: tuple(reader) };
}

function remove(reader: MessageReader): Delete {
  return { kind: 'delete', relation: reader.uint32(), old: oldRow(reader, reader.byte()) };
}

const NEW = 0x4e;
const OLD_KEY = 0x4b;
const OLD_ROW = 0x4f;

function expectNew(reader: MessageReader, found: number): void {
  if (found !== NEW) reader.unexpected('the mark of the new row', found);
}

function oldRow(reader: MessageReader, part: number): Delete['old'] {
  if (part !== OLD_KEY && part !== OLD_ROW) reader.unexpected('the mark of the old row', part);
  return { whole: part === OLD_ROW, row: tuple(reader) };
}

const tuple = (reader: MessageReader): Tuple => times(reader.uint16(), () => value(reader));

function value(reader: MessageReader): Value {
  const format = reader.byte();
  switch (format) {
    case 0x74: // t: text
      return reader.text(reader.uint32());
    case 0x6e: // n: null
      return null;
    case 0x75: // u: an unchanged value that is kept out of line
      return undefined;
    default:
      return reader.unexpected('the format of a value', format);
  }
}

function truncate(reader: MessageReader): Truncate {
  const count = reader.uint32();
  const options = reader.byte();
  return {
    kind: 'truncate',
    cascade: (options & 1) !== 0,
    restartIdentity: (options & 2) !== 0,
    relations: times(count, () => reader.uint32()),
  };
}

function logicalMessage(reader: MessageReader): LogicalMessage {
  const flags = reader.byte();
  return {
    kind: 'message',
    transactional: (flags & 1) !== 0,
    lsn: reader.uint64(),
    prefix: reader.string(),
    content: reader.blob(reader.uint32()),
  };
}

/** Grows with what is read: a count that is wrong ends at the end of the message, and takes no memory before. */
function times<T>(count: number, read: () => T): readonly T[] {
  const found: T[] = [];
  for (let index = 0; index < count; index += 1) found.push(read());
  return found;
}
