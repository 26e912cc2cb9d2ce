import { lsnBytes } from '../../runtime/lsn';
import { CorruptSegment } from '../damage';
import { TransactionDigest } from './digest';
import { BEGIN_BYTES, COMMIT_BYTES, FRAME_HEAD, i64At, isChange, KIND, u32At } from './frames';
import { fromPostgresTime, lsnTextOf } from './positions';
import type { Continuation, Segment } from './segment';

/**
 * Whether the frames of a segment are what its header and its index say: each frame in its place, every transaction begun
 * and committed (but the ones that the header says are cut), every relation described before its first change, every
 * number and digest of the index computed again. No row is decoded.
 */

/** The part of a segment that this is about. */
export type Contents = Pick<Segment, 'header' | 'index' | 'frames'>;

/**
 * @param key of the segment
 * @param carried what the segment before has left of a transaction that goes on here, as this function returned it. Without
 * it the digest of that one transaction cannot be checked; everything else is.
 * @returns what this segment leaves of a transaction that goes on in the next; undefined if none does, or if its beginning
 * is not known
 * @throws {CorruptSegment}
 */
export function checkContents(
  key: string,
  contents: Contents,
  carried?: TransactionDigest,
): TransactionDigest | undefined {
  return new Check(key, contents, carried).run();
}

/** The transaction that the frames are in. */
interface Open {
  readonly xid: number;
  /** Where its commit record begins: the two halves. */
  readonly commitHigh: number;
  readonly commitLow: number;
  /** Where its first frame in this segment begins. */
  readonly offset: number;
  /** Of the segments before and this one. */
  changes: number;
  /** Undefined if the beginning of the transaction is not known. */
  readonly digest: TransactionDigest | undefined;
}

class Check {
  private open: Open | undefined;
  /** Entries of the index that were met. */
  private ended = 0;
  private lastEnd = -1n;
  /** The run of changes that the digest does not have yet: where it begins, and how many they are. */
  private runStart = 0;
  private runLength = 0;
  private readonly defined = new Set<number>();
  private lastDefined: number | undefined;

  constructor(
    private readonly key: string,
    private readonly contents: Contents,
    carried: TransactionDigest | undefined,
  ) {
    const { continues } = contents.header;
    if (!continues) return;
    const { xid, changes } = continues;
    const commitLsn = lsnBytes(continues.commitLsn);
    const [commitHigh, commitLow] = [Number(commitLsn >> 32n), Number(commitLsn & 0xffff_ffffn)];
    this.open = { xid, commitHigh, commitLow, offset: 0, changes, digest: carried?.copy() };
  }

  run(): TransactionDigest | undefined {
    const { frames, header } = this.contents;
    if (frames.length !== header.rawBytes) {
      this.refuse(`it has ${frames.length} bytes of frames and its header says ${header.rawBytes}`);
    }
    for (let at = 0; at < frames.length; ) {
      const end = at + FRAME_HEAD + u32At(frames, at);
      if (end > frames.length || end === at + FRAME_HEAD) this.refuse('the frame has no message', at);
      const kind = frames[at + FRAME_HEAD] ?? 0;
      if (isChange(kind)) this.change(kind, at, end);
      else this.mark(kind, at, end);
      at = end;
    }
    return this.finish();
  }

  /** What a transaction is made of. Runs of it are hashed at once. */
  private change(kind: number, at: number, end: number): void {
    if (this.open === undefined) this.refuse('the change is in no transaction', at);
    if (kind === KIND.truncate) this.checkTruncated(at, end);
    else if (kind !== KIND.message) this.checkRelation(u32At(this.contents.frames, at + FRAME_HEAD + 1), at);
    if (this.runLength === 0) this.runStart = at;
    this.runLength += 1;
  }

  private checkTruncated(at: number, end: number): void {
    const { frames } = this.contents;
    // Its letter, their number, its options, the relations.
    const first = at + FRAME_HEAD + 6;
    if (first + 4 * u32At(frames, at + FRAME_HEAD + 1) !== end)
      this.refuse('the Truncate has another length', at);
    for (let one = first; one < end; one += 4) this.checkRelation(u32At(frames, one), at);
  }

  private checkRelation(relation: number, at: number): void {
    if (relation === this.lastDefined) return;
    if (!this.defined.has(relation))
      this.refuse(`the change is of relation ${relation}, not described before`, at);
    this.lastDefined = relation;
  }

  private mark(kind: number, at: number, end: number): void {
    this.endRun(at);
    if (kind === KIND.begin) this.begin(at, end);
    else if (this.open === undefined) this.refuse('the frame is in no transaction', at);
    else if (kind === KIND.commit) this.commit(this.open, at, end);
    else if (kind === KIND.relation) this.defined.add(u32At(this.contents.frames, at + FRAME_HEAD + 1));
    else if (kind !== KIND.type && kind !== KIND.origin) this.refuse('the frame holds no known message', at);
  }

  private endRun(end: number): void {
    if (this.runLength === 0 || this.open === undefined) return;
    this.open.digest?.addFrames(this.contents.frames.subarray(this.runStart, end), this.runLength);
    this.open.changes += this.runLength;
    this.runLength = 0;
  }

  private begin(at: number, end: number): void {
    const { frames } = this.contents;
    if (this.open) this.refuse('a transaction begins within another', at);
    if (end - at !== FRAME_HEAD + BEGIN_BYTES) this.refuse('the Begin has another length', at);
    const start = at + FRAME_HEAD + 1;
    const xid = u32At(frames, start + 16);
    const commitTimeUs = fromPostgresTime(i64At(frames, start + 8));
    const digest = new TransactionDigest({ xid, commitLsn: i64At(frames, start), commitTimeUs });
    const [commitHigh, commitLow] = [u32At(frames, start), u32At(frames, start + 4)];
    this.open = { xid, commitHigh, commitLow, offset: at, changes: 0, digest };
  }

  private commit(open: Open, at: number, end: number): void {
    const { frames, index } = this.contents;
    if (end - at !== FRAME_HEAD + COMMIT_BYTES) this.refuse('the Commit has another length', at);
    // Behind its letter and its flags.
    const start = at + FRAME_HEAD + 2;
    const entry = index[this.ended] ?? this.refuse('the transaction is not in the index', at);
    const differs = (what: string): never =>
      this.refuse(`the ${what} of ${open.xid} in the index is another`, at);
    if (u32At(frames, start) !== open.commitHigh || u32At(frames, start + 4) !== open.commitLow) {
      this.refuse('the Commit is that of another transaction', at);
    }
    if (entry.xid !== open.xid) differs('number');
    if (entry.offset !== open.offset) differs('offset');
    if (entry.endLsn !== lsnIn(frames, start + 8)) differs('position');
    if (entry.commitTimeUs !== String(fromPostgresTime(i64At(frames, start + 16)))) differs('commit time');
    if (entry.changes !== open.changes) differs('number of changes');
    if (open.digest && entry.digest !== open.digest.hex()) differs('digest');
    const endLsn = i64At(frames, start + 8);
    if (endLsn <= this.lastEnd) this.refuse('the transaction is not in the order of commits', at);
    this.lastEnd = endLsn;
    this.ended += 1;
    this.open = undefined;
  }

  private finish(): TransactionDigest | undefined {
    const { header, index, frames } = this.contents;
    this.endRun(frames.length);
    if (this.ended !== index.length)
      this.refuse(`its index has ${index.length} transactions, it ${this.ended}`);
    const [first, last] = [index[0], index.at(-1)];
    if (first?.endLsn !== header.first?.endLsn || first?.commitTimeUs !== header.first?.commitTimeUs) {
      this.refuse('its header names another first transaction than its index');
    }
    if (last?.endLsn !== header.last?.endLsn || last?.commitTimeUs !== header.last?.commitTimeUs) {
      this.refuse('its header names another last transaction than its index');
    }
    this.checkContinued(header.continued);
    return this.open?.digest;
  }

  private checkContinued(continued: Continuation | null): void {
    const { open } = this;
    if (open === undefined && continued === null) return;
    if (open === undefined) this.refuse('its last transaction is whole, and its header says that it is cut');
    else if (continued === null) this.refuse('its last transaction is cut, and its header does not say so');
    else {
      const { xid, commitLsn, changes, digest } = continued;
      const position = lsnTextOf(open.commitHigh, open.commitLow);
      const same = xid === open.xid && commitLsn === position && changes === open.changes;
      if (!same) this.refuse('its header says another cut than its frames');
      if (open.digest && digest !== open.digest.copy().hex()) this.refuse('the digest at its cut is another');
    }
  }

  /** @param at where in the frames */
  private refuse(what: string, at?: number): never {
    throw new CorruptSegment(this.key, at === undefined ? what : `${what}, at byte ${at} of its frames`);
  }
}

const lsnIn = (frames: Uint8Array, at: number): string => lsnTextOf(u32At(frames, at), u32At(frames, at + 4));
