import fc from 'fast-check';
import type { Change, Message, Relation, Type, Value } from '../../../../lambda/archive/pgoutput/message';
import { wireOf } from './wire';

/**
 * Committed transactions as a server sends them in one session of protocol version 1: in commit order, each whole, a
 * relation described before its first use in the session and again after its form has changed.
 */

export interface TestTransaction {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
  /** What lies between its begin and its commit, in the order of the stream. */
  readonly body: readonly Message[];
}

/** @returns all its messages, begin and commit included, as the server sends them */
export function rawMessages({ xid, commitLsn, endLsn, commitTimeUs, body }: TestTransaction): Uint8Array[] {
  const begin: Message = { kind: 'begin', xid, commitLsn, commitTimeUs };
  const commit: Message = { kind: 'commit', commitLsn, endLsn, commitTimeUs };
  return [begin, ...body, commit].map(wireOf);
}

/** @returns its changes: what it consists of, whatever the session repeats */
export const changesOf = ({ body }: TestTransaction): readonly Change[] => body.filter(isChange);

const NO_CHANGE: readonly Message['kind'][] = ['begin', 'commit', 'origin', 'relation', 'type'];
const isChange = (message: Message): message is Change => !NO_CHANGE.includes(message.kind);

/** A type of the user, which columns of `RELATIONS` have. */
const COLOUR: Type = { kind: 'type', id: 16_500, schema: 'public', name: 'colour' };
const column = (name: string, type: number, key = false) => ({ name, key, type, modifier: -1 });
const RELATIONS: readonly Relation[] = [
  relation(16_401, 'public', 'pgbench_accounts', 'd', [column('aid', 23, true), column('abalance', 23)]),
  relation(16_402, 'Größe "x"', 'Bestellung', 'd', [
    column('id', 20, true),
    column('note', 25),
    column('colour', COLOUR.id),
  ]),
  relation(16_403, 'public', 'history', 'f', [column('at', 1184, true), column('what', 3802, true)]),
];

function relation(
  id: number,
  schema: string,
  name: string,
  identity: Relation['identity'],
  columns: Relation['columns'],
): Relation {
  return { kind: 'relation', id, schema, name, identity, columns };
}

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.integer().map(String),
  fc.constantFrom('', 'NaN', '-infinity', '\\x00ff', '{1,NULL,"a,b"}', 'x'.repeat(3_000)),
);
// PostgreSQL's text has no character 0.
const value: fc.Arbitrary<Value> = fc.option(
  text.map((one) => one.replaceAll('\0', ' ')),
  { nil: null, freq: 6 },
);
const row = (columns: number, of: fc.Arbitrary<Value> = value) =>
  fc.array(of, { minLength: columns, maxLength: columns });

function rowChange({ id, columns, identity }: Relation): fc.Arbitrary<Change> {
  const count = columns.length;
  const whole = identity === 'f';
  const before = row(count).map((values) => ({
    whole,
    row: values.map((one, at) => (whole || columns[at]?.key ? (one ?? '0') : null)),
  }));
  const unchanged = fc.option(value, { nil: undefined, freq: 8 });
  return fc.oneof(
    row(count).map((values): Change => ({ kind: 'insert', relation: id, row: values })),
    fc
      .record({ old: fc.option(before, { nil: undefined }), values: row(count, unchanged) })
      .map(({ old, values }): Change => ({ kind: 'update', relation: id, old, row: values })),
    before.map((old): Change => ({ kind: 'delete', relation: id, old })),
  );
}

const lsn = fc.bigInt({ min: 1n, max: 1n << 40n });
const otherChange: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({
      cascade: fc.boolean(),
      restartIdentity: fc.boolean(),
      relations: fc.subarray(
        RELATIONS.map(({ id }) => id),
        { minLength: 1 },
      ),
    })
    .map((one): Change => ({ kind: 'truncate', ...one })),
  fc
    .record({
      lsn,
      prefix: fc.constantFrom('holdfast.heartbeat', 'application'),
      content: fc.uint8Array({ maxLength: 40 }),
    })
    .map((one): Change => ({ kind: 'message', transactional: true, ...one })),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  ...RELATIONS.map((one) => ({ weight: 4, arbitrary: rowChange(one) })),
  { weight: 1, arbitrary: otherChange },
);

export interface Sizes {
  readonly transactionsMin?: number;
  /** Default: 8. */
  readonly transactionsMax?: number;
  /** Of one transaction. Defaults: 1 and 6. */
  readonly changesMin?: number;
  readonly changesMax?: number;
}

/** A transaction before it has its place in the log. */
interface Draft {
  readonly changes: readonly Change[];
  readonly gap: bigint;
  readonly pauseUs: bigint;
  /** Its relations have changed since they were described. */
  readonly described: boolean;
  readonly origin: boolean;
}

const draft = (minLength: number, maxLength: number): fc.Arbitrary<Draft> =>
  fc.record({
    changes: fc.array(change, { minLength, maxLength }),
    gap: fc.bigInt({ min: 8n, max: 1n << 33n }),
    // Two may commit in the same microsecond.
    pauseUs: fc.bigInt({ min: 0n, max: 5_000_000n }),
    described: fc.nat({ max: 5 }).map((one) => one === 0),
    origin: fc.nat({ max: 9 }).map((one) => one === 0),
  });

/** @returns some transactions of one session, in commit order; the numbers of transactions grow, but not one by one */
export function arbitraryTransactionsOf(sizes: Sizes = {}): fc.Arbitrary<readonly TestTransaction[]> {
  const { transactionsMin = 0, transactionsMax = 8, changesMin = 1, changesMax = 6 } = sizes;
  return fc
    .record({
      drafts: fc.array(draft(changesMin, changesMax), {
        minLength: transactionsMin,
        maxLength: transactionsMax,
      }),
      xid: fc.integer({ min: 3, max: 2 ** 32 - 1_000 }),
      start: fc.bigInt({ min: 0x1000000n, max: 1n << 48n }),
    })
    .map(({ drafts, xid, start }) => placed(drafts, xid, start));
}

export const arbitraryTransactions: fc.Arbitrary<readonly TestTransaction[]> = arbitraryTransactionsOf();

const FIRST_COMMIT_US = 1_790_000_000_000_000n;

function placed(drafts: readonly Draft[], firstXid: number, start: bigint): TestTransaction[] {
  const known = new Set<number>();
  let lsnNow = start;
  let timeUs = FIRST_COMMIT_US;
  return drafts.map(({ changes, gap, pauseUs, described, origin }, at) => {
    if (described) known.clear();
    const commitLsn = lsnNow + gap;
    lsnNow = commitLsn + 48n;
    timeUs += pauseUs;
    const body = changes.flatMap((one) => [...definitionsFor(one, known), one]);
    const from: Message[] = origin ? [{ kind: 'origin', name: 'elsewhere' }] : [];
    return {
      xid: firstXid + at * 3,
      commitLsn,
      endLsn: lsnNow,
      commitTimeUs: timeUs,
      body: [...from, ...body],
    };
  });
}

/** @returns what a session says before a change whose relations it has not described yet */
function definitionsFor(one: Change, known: Set<number>): Message[] {
  const used = one.kind === 'truncate' ? one.relations : one.kind === 'message' ? [] : [one.relation];
  return RELATIONS.filter(({ id }) => used.includes(id) && !known.has(id)).flatMap((found) => {
    known.add(found.id);
    const types: Message[] = found.columns.some(({ type }) => type === COLOUR.id) ? [COLOUR] : [];
    return [...types, found];
  });
}
