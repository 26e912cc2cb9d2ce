import { HoldfastError } from '../../runtime/errors';
import { isLsn, lsnBytes } from '../../runtime/lsn';
import { lsnText } from './positions';
import type { IndexEntry } from './segment';

/**
 * The index as an object keeps it: JSON of one column for each field, and in the columns that grow the step from the entry
 * before. A short transaction takes little more room than its digest so, and is read seven times as fast as an object of
 * its own.
 */
interface Columns {
  readonly xid: readonly number[];
  /** Position and time of the first; null without any entry. */
  readonly start: { readonly endLsn: string; readonly commitTimeUs: string } | null;
  readonly endLsn: readonly number[];
  readonly commitTimeUs: readonly number[];
  readonly offset: readonly number[];
  readonly changes: readonly number[];
  /** All digests behind each other, in base64. */
  readonly digests: string;
}

const DIGEST_BYTES = 32;

/** An index is not one. The sentence goes on from the name of the segment. */
export class MalformedIndex extends HoldfastError {}

/** @throws {RangeError} if two neighbours are further apart than a number can say */
export function encodeIndex(index: readonly IndexEntry[]): Buffer {
  const first = index[0];
  const columns: Columns = {
    xid: steps(index.map(({ xid }) => xid)),
    start: first ? { endLsn: first.endLsn, commitTimeUs: first.commitTimeUs } : null,
    endLsn: bigSteps(index.map(({ endLsn }) => lsnBytes(endLsn))),
    commitTimeUs: bigSteps(index.map(({ commitTimeUs }) => BigInt(commitTimeUs))),
    offset: steps(index.map(({ offset }) => offset)),
    changes: index.map(({ changes }) => changes),
    digests: Buffer.from(index.map(({ digest }) => digest).join(''), 'hex').toString('base64'),
  };
  return Buffer.from(JSON.stringify(columns));
}

const steps = (values: readonly number[]): number[] =>
  values.map((value, at) => value - (at === 0 ? 0 : (values[at - 1] ?? 0)));

function bigSteps(values: readonly bigint[]): number[] {
  return values.map((value, at) => {
    const step = Number(value - (values[Math.max(0, at - 1)] ?? 0n));
    if (!Number.isSafeInteger(step)) throw new RangeError(`Two transactions are ${step} apart.`);
    return step;
  });
}

/** @throws {MalformedIndex} */
export function decodeIndex(text: string): IndexEntry[] {
  const columns = columnsOf(text);
  const digests = Buffer.from(columns.digests, 'base64').toString('hex');
  const count = columns.xid.length;
  if (digests.length !== count * DIGEST_BYTES * 2) throw new MalformedIndex('its index lacks digests');
  let xid = 0;
  let offset = 0;
  let endLsn = columns.start ? lsnBytes(columns.start.endLsn) : 0n;
  let commitTimeUs = columns.start ? BigInt(columns.start.commitTimeUs) : 0n;
  return columns.xid.map((step, at) => {
    xid += step;
    offset += columns.offset[at] ?? 0;
    endLsn += BigInt(columns.endLsn[at] ?? 0);
    commitTimeUs += BigInt(columns.commitTimeUs[at] ?? 0);
    return {
      xid,
      endLsn: lsnText(endLsn),
      commitTimeUs: String(commitTimeUs),
      offset,
      changes: columns.changes[at] ?? 0,
      digest: digests.slice(at * DIGEST_BYTES * 2, (at + 1) * DIGEST_BYTES * 2),
    };
  });
}

function columnsOf(text: string): Columns {
  const found = parsed(text);
  const xid = numbers(found, 'xid');
  const column = (name: string): number[] => {
    const values = numbers(found, name);
    if (values.length !== xid.length) throw new MalformedIndex(`${name} of its index has another length`);
    return values;
  };
  const digests = found.get('digests');
  if (typeof digests !== 'string') throw new MalformedIndex('digests of its index is not a text');
  return {
    xid,
    start: startOf(found.get('start'), xid.length),
    endLsn: column('endLsn'),
    commitTimeUs: column('commitTimeUs'),
    offset: column('offset'),
    changes: column('changes'),
    digests,
  };
}

function parsed(text: string): ReadonlyMap<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new MalformedIndex('its index is not JSON', { cause });
  }
  if (typeof found !== 'object' || found === null) throw new MalformedIndex('its index is not an object');
  return new Map(Object.entries(found));
}

function numbers(found: ReadonlyMap<string, unknown>, name: string): number[] {
  const values = found.get(name);
  const whole = (value: unknown): value is number => Number.isSafeInteger(value);
  if (Array.isArray(values) && values.every(whole)) return values;
  throw new MalformedIndex(`${name} of its index is not a list of whole numbers`);
}

function startOf(value: unknown, count: number): Columns['start'] {
  if (count === 0 && value === null) return null;
  if (typeof value === 'object' && value !== null && 'endLsn' in value && 'commitTimeUs' in value) {
    const { endLsn, commitTimeUs } = value;
    if (isPosition(endLsn) && typeof commitTimeUs === 'string' && /^-?\d{1,19}$/.test(commitTimeUs)) {
      return { endLsn, commitTimeUs };
    }
  }
  throw new MalformedIndex('start of its index is not a position and a time');
}

const isPosition = (value: unknown): value is string => typeof value === 'string' && isLsn(value);
