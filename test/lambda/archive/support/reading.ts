import fc from 'fast-check';
import type { Segments } from '../../../../lambda/archive/chain/read';
import { transactionsOf } from '../../../../lambda/archive/chain/transactions';
import type { Cutting } from './chain';
import { rawMessages, type TestTransaction } from './transactions';

/** What a reader of a chain got, in a form that tests compare. */
export interface Read {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
  /** Changes as sent, in hexadecimal. */
  readonly changes: readonly string[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const isChange = (message: Uint8Array): boolean => 'IUDTM'.includes(String.fromCharCode(message[0] ?? 0));

/** @returns what a reader must get of a transaction */
export const expected = (transaction: TestTransaction): Read => {
  const { xid, commitLsn, endLsn, commitTimeUs } = transaction;
  const changes = rawMessages(transaction).filter(isChange).map(hex);
  return { xid, commitLsn, endLsn, commitTimeUs, changes };
};

/** Reads transactions until the end or an error. @returns all that were given, and the error */
export async function readAll(
  segments: Segments,
): Promise<{ readonly given: readonly Read[]; readonly error: unknown }> {
  const given: Read[] = [];
  try {
    for await (const transaction of transactionsOf(segments)) {
      const { xid, commitLsn, endLsn, commitTimeUs } = transaction;
      const changes: string[] = [];
      for await (const message of transaction.frames()) if (isChange(message)) changes.push(hex(message));
      given.push({ xid, commitLsn, endLsn, commitTimeUs, changes });
    }
    return { given, error: undefined };
  } catch (error) {
    return { given, error };
  }
}

/** Segments of one to four transactions, of which each is whole or in parts of one to four changes. */
export const arbitraryCutting: fc.Arbitrary<Cutting> = fc.record(
  { transactions: fc.integer({ min: 1, max: 4 }), changes: fc.integer({ min: 1, max: 4 }) },
  { requiredKeys: ['transactions'] },
);
