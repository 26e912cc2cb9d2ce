import type { Change, Relation } from '../pgoutput/message';

/** A transaction that the promoted database may lack. */
export interface LostTransaction {
  readonly xid: number;
  readonly endLsn: string;
  readonly commitTimeUs: string;
  readonly from: 'archive' | 'old side';
  /** Its changes in their order, each with the relations as they were described before it. */
  changes(): AsyncIterable<DescribedChange>;
}

export interface DescribedChange {
  readonly change: Change;
  readonly relations: ReadonlyMap<number, Relation>;
}
