import { type ChainId, segmentKey } from '../contract';
import { BrokenChain } from '../damage';
import { BEGIN_BYTES, COMMIT_BYTES, FRAME_HEAD, i64At, KIND, messagesIn, u32At } from '../format/frames';
import type { Continuation, IndexEntry, Segment } from '../format/segment';
import { Definitions } from './definitions';
import type { Segments } from './read';

/** A committed transaction, verified as a whole before it is given. */
export interface ArchivedTransaction {
  readonly chain: ChainId;
  readonly xid: number;
  /** Positions in bytes of the log; the time in microseconds since 1970. */
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
  readonly changes: number;
  /** As in the index. */
  readonly digest: string;
  /** Numbers of the segments that it is in: one, unless it is huge. */
  readonly segments: { readonly first: number; readonly last: number };
  /**
   * @returns the Relation and Type messages that precede it in its segment, the latest of each: whoever has passed over
   * transactions before this one needs them. Those within the transaction are among its frames.
   */
  definitions(): readonly Uint8Array[];
  /**
   * Its messages between Begin and Commit, which are left out, framed as in the segment: one block for each segment.
   * `messagesIn` takes a block apart without copying. A huge transaction is read a second time for it.
   * Iterating throws what `readSegments` does.
   */
  blocks(): AsyncIterable<Uint8Array>;
  /** As `blocks`, message by message. */
  frames(): AsyncIterable<Uint8Array>;
}

/** Parts of a transaction at the end of what was read, without its commit. */
export interface IncompleteTransaction {
  readonly chain: ChainId;
  /** Where it was cut last. */
  readonly cut: Continuation;
  readonly segments: { readonly first: number; readonly last: number };
}

export interface TransactionOptions {
  /** Is told at the end if the last transaction is not whole; it is not given. */
  readonly incomplete?: (found: IncompleteTransaction) => void;
}

/**
 * Gives the transactions of a chain in the order of their commits, each after all of it was verified: a huge one after all
 * its segments were read once. Memory is bounded by the segments read ahead, whatever the size of a transaction.
 * @param segments must begin where a transaction does, as `locate` says
 * Iterating throws what `readSegments` does.
 */
export async function* transactionsOf(
  segments: Segments,
  { incomplete }: TransactionOptions = {},
): AsyncGenerator<ArchivedTransaction, void> {
  let parts: Parts | undefined;
  for await (const segment of segments) {
    const { header, index } = segment;
    const definitions = new Definitions(segment.frames);
    if (header.continues && !parts) {
      const key = segmentKey(header.chain, header.sequence);
      throw new BrokenChain(key, 'it begins within a transaction, whose beginning is to be read too');
    }
    for (const [at, entry] of index.entries()) {
      const end = endOfEntry(segment, at);
      yield parts
        ? new InSeveral(parts, segment, entry, end)
        : new InOne(segments.chain, segment, entry, end, definitions);
      parts = undefined;
    }
    if (header.continued) {
      parts ??= new Parts(segments, header.continued, segment, index.length, definitions);
      parts.add(segment);
    }
  }
  if (parts) incomplete?.(parts.incomplete());
}

/** @returns where the frames of an entry end */
function endOfEntry({ index, frames, header }: Segment, at: number): number {
  const next = index[at + 1];
  if (next) return next.offset;
  if (!header.continued) return frames.length;
  let end = index[at]?.offset ?? 0;
  let kind: number | undefined;
  while (kind !== KIND.commit) {
    kind = frames[end + FRAME_HEAD];
    end += FRAME_HEAD + u32At(frames, end);
  }
  return end;
}

const BEGIN_FRAME = FRAME_HEAD + BEGIN_BYTES;
const COMMIT_FRAME = FRAME_HEAD + COMMIT_BYTES;

/** What both kinds of transaction have of their entry, and of their Commit, which ends at `end`. */
abstract class OfEntry implements ArchivedTransaction {
  readonly xid: number;
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
  readonly changes: number;
  readonly digest: string;
  abstract readonly segments: { readonly first: number; readonly last: number };

  constructor(
    readonly chain: ChainId,
    { frames }: Segment,
    entry: IndexEntry,
    end: number,
  ) {
    this.xid = entry.xid;
    // Behind the length of the Commit, its letter and its flags.
    this.commitLsn = i64At(frames, end - COMMIT_BYTES + 2);
    this.endLsn = i64At(frames, end - COMMIT_BYTES + 10);
    this.commitTimeUs = BigInt(entry.commitTimeUs);
    this.changes = entry.changes;
    this.digest = entry.digest;
  }

  abstract definitions(): readonly Uint8Array[];
  abstract blocks(): AsyncGenerator<Uint8Array, void>;

  async *frames(): AsyncGenerator<Uint8Array, void> {
    for await (const block of this.blocks()) yield* messagesIn(block);
  }
}

class InOne extends OfEntry {
  readonly segments: { readonly first: number; readonly last: number };

  constructor(
    chain: ChainId,
    private readonly segment: Segment,
    private readonly entry: IndexEntry,
    private readonly end: number,
    private readonly defined: Definitions,
  ) {
    super(chain, segment, entry, end);
    const { sequence } = segment.header;
    this.segments = { first: sequence, last: sequence };
  }

  definitions(): readonly Uint8Array[] {
    return this.defined.before(this.entry.offset);
  }

  async *blocks(): AsyncGenerator<Uint8Array, void> {
    yield this.segment.frames.subarray(this.entry.offset + BEGIN_FRAME, this.end - COMMIT_FRAME);
  }
}

class InSeveral extends OfEntry {
  readonly segments: { readonly first: number; readonly last: number };

  constructor(
    private readonly parts: Parts,
    private readonly segment: Segment,
    entry: IndexEntry,
    private readonly end: number,
  ) {
    super(parts.source.chain, segment, entry, end);
    this.segments = { first: parts.first, last: segment.header.sequence };
  }

  definitions(): readonly Uint8Array[] {
    return this.parts.defined;
  }

  async *blocks(): AsyncGenerator<Uint8Array, void> {
    const { first, offset, hashes, source } = this.parts;
    for await (const { header, frames } of source.again(hashes)) {
      yield header.sequence === first ? frames.subarray(offset + BEGIN_FRAME) : frames;
    }
    yield this.segment.frames.subarray(0, this.end - COMMIT_FRAME);
  }
}

/** The segments of a transaction in several, of which only the numbers and hashes are kept. */
class Parts {
  readonly hashes = new Map<number, string>();
  readonly first: number;
  /** Where its Begin is in the first one. */
  readonly offset: number;
  /** What was described before it there: copies, so that the segment can be let go. */
  readonly defined: readonly Uint8Array[];

  /** @param ended how many transactions end in the first segment, before this one begins */
  constructor(
    readonly source: Segments,
    private cut: Continuation,
    segment: Segment,
    ended: number,
    definitions: Definitions,
  ) {
    this.first = segment.header.sequence;
    this.offset = ended === 0 ? 0 : endOfEntry(segment, ended - 1);
    this.defined = definitions.before(this.offset).map((one) => Uint8Array.from(one));
  }

  add({ header, chainHash }: Segment): void {
    this.cut = header.continued ?? this.cut;
    this.hashes.set(header.sequence, chainHash);
  }

  incomplete(): IncompleteTransaction {
    const { first } = this;
    return {
      chain: this.source.chain,
      cut: this.cut,
      segments: { first, last: first + this.hashes.size - 1 },
    };
  }
}
