import { lsnBytes } from '../../runtime/lsn';
import { segmentKey } from '../contract';
import { BrokenChain } from '../damage';
import { checkContents } from '../format/contents';
import type { TransactionDigest } from '../format/digest';
import type { Continuation, Segment } from '../format/segment';

/**
 * Checks of each segment that it follows from the one before: its number, the chain hash, the order of commits, and the
 * transaction that goes on from one to the other, whose digest is carried along. Its contents are checked on the way.
 */
export class Link {
  private before: Segment | undefined;
  private carried: TransactionDigest | undefined;
  /** End of the last transaction so far, in bytes of the log. */
  private lastEnd: bigint | undefined;

  /**
   * Takes the next segment, as `unpackSegment` gives it. What the first one follows from is not looked at.
   * @throws {BrokenChain} if it does not follow
   * @throws {CorruptSegment} if its contents are not what it says
   */
  take(segment: Segment): void {
    const { header } = segment;
    const key = segmentKey(header.chain, header.sequence);
    const problem = this.before && contradiction(this.before, segment);
    if (problem !== undefined) throw new BrokenChain(key, problem);
    const first = header.first && lsnBytes(header.first.endLsn);
    if (first !== null && this.lastEnd !== undefined && first <= this.lastEnd) {
      throw new BrokenChain(key, 'its first transaction is not behind the last one before it');
    }
    this.carried = checkContents(key, segment, this.carried);
    this.lastEnd = endOf(segment) ?? this.lastEnd;
    this.before = segment;
  }

  /** The chain goes on from a segment that did not follow, or was not what it says. */
  restart(segment: Segment): void {
    this.before = segment;
    this.carried = undefined;
    this.lastEnd = endOf(segment) ?? this.lastEnd;
  }

  /** A segment could not be read: the next one is not known to follow from anything but in the order of commits. */
  skip(): void {
    this.before = undefined;
    this.carried = undefined;
  }
}

/** @returns where its last transaction ends, or at the genesis where the chain begins */
function endOf({ header }: Segment): bigint | undefined {
  const end = header.last?.endLsn ?? header.genesis?.startLsn;
  return end === undefined ? undefined : lsnBytes(end);
}

function contradiction(before: Segment, { header }: Segment): string | undefined {
  if (header.sequence !== before.header.sequence + 1) return 'it does not come after the segment before it';
  if (header.previous !== before.chainHash)
    return 'it was written after another segment than the one before it';
  if (!sameCut(before.header.continued, header.continues)) {
    return 'it goes on with another transaction than the one before it ends in';
  }
  return undefined;
}

const sameCut = (a: Continuation | null, b: Continuation | null): boolean =>
  a?.xid === b?.xid && a?.commitLsn === b?.commitLsn && a?.changes === b?.changes && a?.digest === b?.digest;
