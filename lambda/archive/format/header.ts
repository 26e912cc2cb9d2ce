import { HoldfastError } from '../../runtime/errors';
import { isLsn } from '../../runtime/lsn';
import type { ChainId } from '../contract';
import type { Continuation, Genesis, Position, SegmentHeader } from './segment';

/** A header is not one. The sentence goes on from the name of the segment. */
export class MalformedHeader extends HoldfastError {}

type Fields = Readonly<Record<string, unknown>>;

/**
 * @returns the header that the text says; what this version does not know is left out
 * @throws {MalformedHeader} naming the field
 */
export function parseHeader(text: string): SegmentHeader {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new MalformedHeader('its header is not JSON', { cause });
  }
  const header = headerOf(fieldsOf(found, 'header'));
  const problem = contradictionIn(header);
  if (problem !== undefined) throw new MalformedHeader(problem);
  return header;
}

function headerOf(fields: Fields): SegmentHeader {
  const genesis = fields.genesis;
  return {
    chain: chainOf(fields.chain, 'chain'),
    sequence: whole(fields.sequence, 'sequence'),
    timeline: whole(fields.timeline, 'timeline'),
    codec: oneOf(fields.codec, 'codec', ['zstd', 'gzip'] as const),
    rawBytes: whole(fields.rawBytes, 'rawBytes'),
    fingerprint: text(fields.fingerprint, 'fingerprint'),
    previous: orNull(fields.previous, 'previous', hash),
    first: orNull(fields.first, 'first', position),
    last: orNull(fields.last, 'last', position),
    continues: orNull(fields.continues, 'continues', continuation),
    continued: orNull(fields.continued, 'continued', continuation),
    ...(genesis === undefined ? {} : { genesis: genesisOf(genesis, 'genesis') }),
  };
}

/** @returns in what the parts of a header contradict each other, as a sentence without its stop; undefined if in nothing */
export function contradictionIn(header: SegmentHeader): string | undefined {
  const isGenesis = header.sequence === 0;
  if (isGenesis !== (header.previous === null)) return 'only the genesis has no segment before it';
  if (isGenesis !== (header.genesis !== undefined)) return 'only segment 0 is the genesis';
  if (isGenesis && (header.rawBytes > 0 || header.continued)) return 'its genesis holds frames';
  if ((header.first === null) !== (header.last === null))
    return 'it has a first transaction or a last, not both';
  if (header.continues && header.sequence < 2) return 'it continues a segment without transactions';
  return undefined;
}

function genesisOf(value: unknown, path: string): Genesis {
  const fields = fieldsOf(value, path);
  return {
    startLsn: lsn(fields.startLsn, `${path}.startLsn`),
    why: oneOf(fields.why, `${path}.why`, ['first', 'epoch', 'gap'] as const),
    follows: orNull(fields.follows, `${path}.follows`, (found, at) => {
      const follows = fieldsOf(found, at);
      return {
        chain: chainOf(follows.chain, `${at}.chain`),
        sequence: whole(follows.sequence, `${at}.sequence`),
        last: orNull(follows.last, `${at}.last`, position),
      };
    }),
    gap: orNull(fields.gap, `${path}.gap`, text),
  };
}

function chainOf(value: unknown, path: string): ChainId {
  const { system, database, epoch, part } = fieldsOf(value, path);
  return {
    system: decimal(system, `${path}.system`),
    database: text(database, `${path}.database`),
    epoch: whole(epoch, `${path}.epoch`),
    part: whole(part, `${path}.part`),
  };
}

function position(value: unknown, path: string): Position {
  const { endLsn, commitTimeUs } = fieldsOf(value, path);
  return { endLsn: lsn(endLsn, `${path}.endLsn`), commitTimeUs: time(commitTimeUs, `${path}.commitTimeUs`) };
}

function continuation(value: unknown, path: string): Continuation {
  const { xid, commitLsn, changes, digest } = fieldsOf(value, path);
  return {
    xid: whole(xid, `${path}.xid`),
    commitLsn: lsn(commitLsn, `${path}.commitLsn`),
    changes: whole(changes, `${path}.changes`),
    digest: hash(digest, `${path}.digest`),
  };
}

const refuse = (path: string, expected: string): never => {
  throw new MalformedHeader(`${path} of its header is not ${expected}`);
};

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object');
  return Object.fromEntries(Object.entries(value));
}

function orNull<T>(value: unknown, path: string, parse: (found: unknown, at: string) => T): T | null {
  return value === null ? null : parse(value, path);
}

function whole(value: unknown, path: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse(path, 'a whole number');
}

function text(value: unknown, path: string): string {
  return typeof value === 'string' ? value : refuse(path, 'a text');
}

function oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[]): T {
  return allowed.find((one) => one === value) ?? refuse(path, `one of ${allowed.join(', ')}`);
}

const matching =
  (matches: (value: string) => boolean, expected: string) =>
  (value: unknown, path: string): string =>
    typeof value === 'string' && matches(value) ? value : refuse(path, expected);

const lsn = matching(isLsn, 'a position like 0/16B3748');
const time = matching((value) => /^-?\d{1,19}$/.test(value), 'microseconds in decimal');
const decimal = matching((value) => /^\d{1,20}$/.test(value), 'a number in decimal');
const hash = matching((value) => /^[0-9a-f]{64}$/.test(value), 'a SHA-256 in hexadecimal');
