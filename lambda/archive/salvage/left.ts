import { HoldfastError } from '../../runtime/errors';
import { bytesBetween, lsnBytes } from '../../runtime/lsn';
import type { DatabaseId } from '../chain/keys';
import { locate } from '../chain/locate';
import { readSegments, requireIndex } from '../chain/read';
import { type ArchivedTransaction, transactionsOf } from '../chain/transactions';
import { type ChainId, chainPrefix } from '../contract';
import { messagesIn } from '../format/frames';
import { lsnText } from '../format/positions';
import type { Position } from '../format/segment';
import { decode } from '../pgoutput/decode';
import type { Relation } from '../pgoutput/message';
import { type ChainOutline, isSame } from '../restore/lineage';
import { firstWithTransactions, outlinesOf } from '../restore/outlines';
import type { ObjectStore } from '../store';
import type { DescribedChange, LostTransaction } from './lost';

/** The chain that a failover left behind, and what of it the promoted database may lack. */

export interface LeftBehind {
  readonly left: ChainOutline;
  /** The chain of the promoted database that follows it. */
  readonly next: ChainOutline;
  /** The last transaction that the new one began with; null if it began with none. */
  readonly shared: Position | null;
  /** The first number that the promoted database gave a transaction, as far as its chain tells. */
  readonly boundaryXid: number;
}

/** There is nothing that could be salvaged, or nobody can say what was changed since. */
export class NothingLeft extends HoldfastError {}

/**
 * @param epoch that was left; undefined: the last one
 * @throws {NothingLeft}
 * @throws {DamagedArchive}
 * @throws {StoreFailed}
 */
export async function leftBehind(
  store: ObjectStore,
  database: DatabaseId,
  epoch: number | undefined,
): Promise<LeftBehind> {
  const outlines = await outlinesOf(store, database);
  const pairs = outlines.flatMap((next) => {
    const follows = next.genesis?.why === 'epoch' ? next.genesis.follows : null;
    const left = outlines.find(({ chain }) => follows !== null && isSame(chain, follows.chain));
    return left ? [{ left, next, shared: follows?.last ?? null }] : [];
  });
  const pair = pairs.findLast(({ left }) => epoch === undefined || left.chain.epoch === epoch);
  if (!pair)
    throw new NothingLeft(
      nothing(
        pairs.map(({ left }) => left.chain.epoch),
        epoch,
      ),
    );
  const { chain } = pair.next;
  const first = await firstWithTransactions(store, chain);
  const index = first ? await requireIndex(store, chain, first.sequence) : [];
  const [oldest, ...younger] = index.map(({ xid }) => xid);
  if (oldest === undefined) {
    throw new NothingLeft(
      `The archive has no transaction of epoch ${chain.epoch} yet, so that nobody can say what was changed since. Try again in a minute.`,
    );
  }
  return { ...pair, boundaryXid: younger.reduce(earlier, oldest) };
}

function nothing(epochs: readonly number[], epoch: number | undefined): string {
  if (epoch === undefined) return 'The archive knows of no failover: no epoch follows another one.';
  const there =
    epochs.length > 0 ? `it knows that of ${epochs.join(', ')}` : 'it knows of no end of an epoch';
  return `The archive does not know the end of epoch ${epoch}: ${there}.`;
}

/** Numbers of transactions go round: the earlier of two is less than half of them behind. */
const earlier = (one: number, other: number): number => (((one - other) | 0) < 0 ? one : other);

/**
 * Gives the transactions that came after what the new epoch began with, in the order of their commits.
 * Iterating throws what `readSegments` does.
 */
export async function* afterShared(
  store: ObjectStore,
  { left, shared }: LeftBehind,
): AsyncGenerator<LostTransaction, void> {
  const isBehind = ({ endLsn }: Position): boolean =>
    shared === null || bytesBetween(shared.endLsn, endLsn) > 0n;
  const from = await locate(store, left.chain, isBehind);
  const floor = shared === null ? -1n : lsnBytes(shared.endLsn);
  for await (const transaction of transactionsOf(readSegments(store, left.chain, { from }))) {
    if (transaction.endLsn > floor) yield lostOf(transaction);
  }
}

export const lostOf = (transaction: ArchivedTransaction): LostTransaction => ({
  xid: transaction.xid,
  endLsn: lsnText(transaction.endLsn),
  commitTimeUs: String(transaction.commitTimeUs),
  from: 'archive',
  changes: () => describedChanges(transaction.definitions(), transaction.blocks()),
});

/** @param blocks frames between Begin and Commit */
export async function* describedChanges(
  definitions: Iterable<Uint8Array>,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<DescribedChange, void> {
  const relations = new Map<number, Relation>();
  const describe = (message: ReturnType<typeof decode>): DescribedChange | undefined => {
    switch (message.kind) {
      case 'relation':
        relations.set(message.id, message);
        return undefined;
      case 'begin':
      case 'commit':
      case 'origin':
      case 'type':
        return undefined;
      default:
        return { change: message, relations };
    }
  };
  for (const message of definitions) describe(decode(message));
  for await (const block of blocks) {
    for (const message of messagesIn(block)) {
      const change = describe(decode(message));
      if (change) yield change;
    }
  }
}

export const leftName = ({ chain }: ChainOutline): string => chainPrefix(chain satisfies ChainId);
