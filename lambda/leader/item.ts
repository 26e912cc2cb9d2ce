import { HoldfastError } from '../runtime/errors';
import { type HistoryEntry, type LeadershipRecord, STATES, type State } from './record';

/** Name and value of the table's partition key. */
export const PARTITION_KEY = 'pk';
export const LEADERSHIP_KEY = 'leadership';

/** The attribute values of DynamoDB in use. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item };
export type Item = Readonly<{ [name: string]: AttributeValue }>;

/** The item is there but is no leadership record. Nobody may act on it; a person must look. */
export class MalformedRecord extends HoldfastError {
  constructor(
    readonly attribute: string,
    expected: string,
    readonly found: unknown,
  ) {
    const value = JSON.stringify(found) ?? 'nothing';
    super(`The leadership record is malformed: ${attribute} must be ${expected}, but is ${value}.`);
  }
}

/** What a write leaves in the item so that its author recognises it. */
export const NONCE = 'nonce';

/** @param nonce of this one write, never used before */
export function toItem(record: LeadershipRecord, nonce: string): Item {
  return {
    [PARTITION_KEY]: { S: LEADERSHIP_KEY },
    [NONCE]: { S: nonce },
    epoch: { N: String(record.epoch) },
    holder: { S: record.holder },
    state: { S: record.state },
    version: { N: String(record.version) },
    ttlSeconds: { N: String(record.ttlSeconds) },
    databaseTime: optionalText(record.databaseTime),
    walLsn: optionalText(record.walLsn),
    frozen: { BOOL: record.frozen },
    operation: optionalText(record.operation),
    history: {
      L: record.history.map(({ epoch, holder, reason }) => ({
        M: { epoch: { N: String(epoch) }, holder: { S: holder }, reason: { S: reason } },
      })),
    },
  };
}

const optionalText = (value: string | null): AttributeValue =>
  value === null ? { NULL: true } : { S: value };

/** @throws {MalformedRecord} */
export function fromItem(item: Item): LeadershipRecord {
  return {
    epoch: counter(item, 'epoch'),
    holder: words(item, 'holder'),
    state: state(item),
    version: counter(item, 'version'),
    ttlSeconds: counter(item, 'ttlSeconds'),
    databaseTime: wordsOrNull(item, 'databaseTime', isTime, 'a time in ISO 8601'),
    walLsn: wordsOrNull(item, 'walLsn', isLsn, 'a position like 0/16B3748'),
    frozen: flag(item, 'frozen'),
    operation: wordsOrNull(item, 'operation', (value) => value !== '', 'a text'),
    history: history(item),
  };
}

/** @returns the nonce of the write that made the item */
export const nonceOf = (item: Item): string => words(item, NONCE);

function words(item: Item, name: string, path = name): string {
  const value = item[name];
  if (value && 'S' in value && value.S !== '') return value.S;
  throw new MalformedRecord(path, 'a text', value);
}

function counter(item: Item, name: string, path = name): number {
  const value = item[name];
  const number = value && 'N' in value ? Number(value.N) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new MalformedRecord(path, 'a whole number of at least 1', value);
}

function flag(item: Item, name: string): boolean {
  const value = item[name];
  if (value && 'BOOL' in value) return value.BOOL;
  throw new MalformedRecord(name, 'true or false', value);
}

function state(item: Item): State {
  const value = words(item, 'state');
  const known = STATES.find((one) => one === value);
  if (known) return known;
  throw new MalformedRecord('state', `one of ${STATES.join(', ')}`, value);
}

function wordsOrNull(
  item: Item,
  name: string,
  valid: (value: string) => boolean,
  expected: string,
): string | null {
  const value = item[name];
  if (value && 'NULL' in value) return null;
  if (value && 'S' in value && valid(value.S)) return value.S;
  throw new MalformedRecord(name, `${expected}, or null`, value);
}

const isTime = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
const isLsn = (value: string): boolean => /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/.test(value);

function history(item: Item): readonly HistoryEntry[] {
  const value = item.history;
  if (!value || !('L' in value)) throw new MalformedRecord('history', 'a list', value);
  return value.L.map((entry, index) => {
    const path = `history[${index}]`;
    if (!('M' in entry)) throw new MalformedRecord(path, 'a map', entry);
    return {
      epoch: counter(entry.M, 'epoch', `${path}.epoch`),
      holder: words(entry.M, 'holder', `${path}.holder`),
      reason: words(entry.M, 'reason', `${path}.reason`),
    };
  });
}
