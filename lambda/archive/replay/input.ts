import type { ArchivedTransaction } from '../chain/transactions';

/** What replay needs of a verified transaction of the archive. */
export type ReplayTransaction = Pick<
  ArchivedTransaction,
  'chain' | 'xid' | 'endLsn' | 'commitTimeUs' | 'definitions' | 'blocks'
>;

/** Which transaction something belongs to, for a person. */
export type Origin = Pick<ReplayTransaction, 'xid' | 'endLsn'>;
