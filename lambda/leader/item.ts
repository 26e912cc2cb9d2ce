import { HoldfastError } from '../runtime/errors';
import { isLsn } from '../runtime/lsn';
import {
  type HistoryEntry,
  type LeadershipRecord,
  OPERATIONS,
  type Operation,
  type PromotedFrom,
  REASONS,
  STATES,
  TASKS,
  type Task,
} from './record';

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
/** What every write is conditional on. */
export const VERSION = 'version';

/**
 * @param nonce of this one write, never used before
 * @throws {MalformedRecord} if nobody could read the item afterwards
 */
export function toItem(record: LeadershipRecord, nonce: string): Item {
  const item: Item = {
    [PARTITION_KEY]: { S: LEADERSHIP_KEY },
    [NONCE]: { S: nonce },
    epoch: number(record.epoch),
    holder: { S: record.holder },
    state: { S: record.state },
    [VERSION]: number(record.version),
    ttlSeconds: number(record.ttlSeconds),
    enforceSeconds: number(record.enforceSeconds),
    databaseTime: optionalText(record.databaseTime),
    walLsn: optionalText(record.walLsn),
    servingSince: optionalText(record.servingSince),
    outageSeconds: number(record.outageSeconds),
    frozen: { BOOL: record.frozen },
    operation: record.operation === null ? { NULL: true } : { M: operationItem(record.operation) },
    promotedFrom:
      record.promotedFrom === null ? { NULL: true } : { M: promotedFromItem(record.promotedFrom) },
    pending: { L: record.pending.map((task) => ({ S: task })) },
    history: { L: record.history.map((entry) => ({ M: historyItem(entry) })) },
  };
  fromItem(item);
  return item;
}

const number = (value: number): AttributeValue => ({ N: String(value) });
const optionalText = (value: string | null): AttributeValue =>
  value === null ? { NULL: true } : { S: value };

const operationItem = ({ kind, id, to, sentence }: Operation): Item => ({
  kind: { S: kind },
  id: { S: id },
  to: { S: to },
  sentence: { S: sentence },
});

const promotedFromItem = ({ receiveLsn, replayLsn }: PromotedFrom): Item => ({
  receiveLsn: optionalText(receiveLsn),
  replayLsn: optionalText(replayLsn),
});

const historyItem = ({ epoch, holder, reason, sentence }: HistoryEntry): Item => ({
  epoch: number(epoch),
  holder: { S: holder },
  reason: { S: reason },
  sentence: { S: sentence },
});

/** @throws {MalformedRecord} */
export function fromItem(item: Item): LeadershipRecord {
  return {
    epoch: counter(item, 'epoch'),
    holder: words(item, 'holder'),
    state: oneOf(STATES, item, 'state'),
    version: counter(item, VERSION),
    ttlSeconds: counter(item, 'ttlSeconds'),
    enforceSeconds: counter(item, 'enforceSeconds'),
    databaseTime: timeOrNull(item, 'databaseTime'),
    walLsn: lsnOrNull(item, 'walLsn'),
    servingSince: timeOrNull(item, 'servingSince'),
    outageSeconds: seconds(item, 'outageSeconds'),
    frozen: flag(item, 'frozen'),
    operation: mapOrNull(item, 'operation', operation),
    promotedFrom: mapOrNull(item, 'promotedFrom', promotedFrom),
    pending: list(item, 'pending').map(task),
    history: list(item, 'history').map(historyEntry),
  };
}

/** @returns the nonce of the write that made the item */
export const nonceOf = (item: Item): string => words(item, NONCE);

// Each reader below takes the name of an attribute and, where it lies deeper, its path for the error.

const operation = (item: Item): Operation => ({
  kind: oneOf(OPERATIONS, item, 'kind', 'operation.kind'),
  id: words(item, 'id', 'operation.id'),
  to: words(item, 'to', 'operation.to'),
  sentence: words(item, 'sentence', 'operation.sentence'),
});

const promotedFrom = (item: Item): PromotedFrom => ({
  receiveLsn: lsnOrNull(item, 'receiveLsn', 'promotedFrom.receiveLsn'),
  replayLsn: lsnOrNull(item, 'replayLsn', 'promotedFrom.replayLsn'),
});

const task = (value: AttributeValue, index: number): Task =>
  oneOf(TASKS, { task: value }, 'task', `pending[${index}]`);

function historyEntry(value: AttributeValue, index: number): HistoryEntry {
  const path = `history[${index}]`;
  if (!('M' in value)) throw new MalformedRecord(path, 'a map', value);
  return {
    epoch: counter(value.M, 'epoch', `${path}.epoch`),
    holder: words(value.M, 'holder', `${path}.holder`),
    reason: oneOf(REASONS, value.M, 'reason', `${path}.reason`),
    sentence: words(value.M, 'sentence', `${path}.sentence`),
  };
}

function words(item: Item, name: string, path = name): string {
  const value = item[name];
  if (value && 'S' in value && value.S !== '') return value.S;
  throw new MalformedRecord(path, 'a text', value);
}

function oneOf<T extends string>(values: readonly T[], item: Item, name: string, path = name): T {
  const value = item[name];
  const known = value && 'S' in value ? values.find((one) => one === value.S) : undefined;
  if (known !== undefined) return known;
  throw new MalformedRecord(path, `one of ${values.join(', ')}`, value);
}

function counter(item: Item, name: string, path = name): number {
  const value = item[name];
  const found = value && 'N' in value ? Number(value.N) : Number.NaN;
  if (Number.isSafeInteger(found) && found >= 1) return found;
  throw new MalformedRecord(path, 'a whole number of at least 1', value);
}

function seconds(item: Item, name: string): number {
  const value = item[name];
  const found = value && 'N' in value ? Number(value.N) : Number.NaN;
  if (Number.isFinite(found) && found >= 0) return found;
  throw new MalformedRecord(name, 'a number of at least 0', value);
}

function flag(item: Item, name: string): boolean {
  const value = item[name];
  if (value && 'BOOL' in value) return value.BOOL;
  throw new MalformedRecord(name, 'true or false', value);
}

function list(item: Item, name: string): readonly AttributeValue[] {
  const value = item[name];
  if (value && 'L' in value) return value.L;
  throw new MalformedRecord(name, 'a list', value);
}

function mapOrNull<T>(item: Item, name: string, read: (map: Item) => T): T | null {
  const value = item[name];
  if (value && 'NULL' in value) return null;
  if (value && 'M' in value) return read(value.M);
  throw new MalformedRecord(name, 'a map, or null', value);
}

function textOrNull(
  item: Item,
  name: string,
  path: string,
  valid: (value: string) => boolean,
  expected: string,
): string | null {
  const value = item[name];
  if (value && 'NULL' in value) return null;
  if (value && 'S' in value && valid(value.S)) return value.S;
  throw new MalformedRecord(path, `${expected}, or null`, value);
}

const isTime = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));

const timeOrNull = (item: Item, name: string): string | null =>
  textOrNull(item, name, name, isTime, 'a time in ISO 8601');

const lsnOrNull = (item: Item, name: string, path = name): string | null =>
  textOrNull(item, name, path, isLsn, 'a position like 0/16B3748');
