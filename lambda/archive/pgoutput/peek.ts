import type { TransactionId } from '../format/digest';
import { BEGIN_BYTES, COMMIT_BYTES } from '../format/frames';
import { fromPostgresTime } from '../format/positions';
import { MalformedMessage } from './reader';

/**
 * What the archiver needs of a message, read in place: it looks at every message and keeps them as they are. A message
 * stands in `bytes` from `from` up to `to`. Whatever is too short throws `MalformedMessage`.
 */

/** @returns the kind, one of `KIND`, though not looked up there */
export function kindAt(bytes: Uint8Array, from: number, to: number): number {
  const kind = bytes[from];
  if (kind === undefined || from >= to) throw new MalformedMessage('A message', 'it is empty', 0);
  return kind;
}

export function beginAt(bytes: Buffer, from: number, to: number): TransactionId {
  exactly(BEGIN_BYTES, 'A begin', from, to);
  return {
    commitLsn: bytes.readBigUInt64BE(from + 1),
    commitTimeUs: fromPostgresTime(bytes.readBigInt64BE(from + 9)),
    xid: bytes.readUInt32BE(from + 17),
  };
}

/** @returns `end_lsn` of a commit */
export function endLsnAt(bytes: Buffer, from: number, to: number): bigint {
  exactly(COMMIT_BYTES, 'A commit', from, to);
  return bytes.readBigUInt64BE(from + 10);
}

/** @returns the relation of an insert, update, delete or relation message, the type of a type message */
export function idAt(bytes: Buffer, from: number, to: number): number {
  atLeast(5, from, to);
  return bytes.readUInt32BE(from + 1);
}

/** @returns the relations of a truncate */
export function truncatedAt(bytes: Buffer, from: number, to: number): readonly number[] {
  atLeast(6, from, to);
  const count = bytes.readUInt32BE(from + 1);
  exactly(6 + 4 * count, 'A truncate', from, to);
  return Array.from({ length: count }, (_, index) => bytes.readUInt32BE(from + 6 + 4 * index));
}

function exactly(length: number, what: string, from: number, to: number): void {
  if (to - from === length) return;
  throw new MalformedMessage(
    what,
    `it has ${to - from} bytes and not ${length}`,
    Math.min(to - from, length),
  );
}

function atLeast(length: number, from: number, to: number): void {
  if (to - from < length)
    throw new MalformedMessage('A message', `it has ${to - from} bytes only`, to - from);
}
