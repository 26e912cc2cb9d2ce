import { TransactionDigest, type TransactionId } from '../../archive/format/digest';
import { isChange, isDefinition, KIND } from '../../archive/format/frames';
import type { Continuation, IndexEntry } from '../../archive/format/segment';
import { beginAt, endLsnAt, idAt, kindAt, truncatedAt } from '../../archive/pgoutput/peek';
import { MalformedMessage } from '../../archive/pgoutput/reader';
import { ArchivedPart } from './archived-part';
import type { BufferPool, SegmentBuffer } from './buffer';
import type { Cut, Resume } from './cut';
import { Definitions } from './definitions';
import { OpenTransaction } from './open-transaction';
import { ownMessage } from './own-message';

/**
 * Cuts the stream of one session into segments: whole transactions in commit order, each once, from where the archive
 * ends. Only a transaction that fills a segment by itself is cut. What of the stream is archived already is passed over.
 */

/** Bytes of frames from which on a segment is full. */
export const SEGMENT_BYTES = 8 << 20;

export class Cutter {
  readonly #definitions = new Definitions();
  readonly #cuts: Cut[] = [];
  #buffer: SegmentBuffer;
  #index: IndexEntry[] = [];
  #endLsn: bigint | undefined;
  #heartbeatMs: number | undefined;
  #lastEndLsn = 0n;
  #lastHeartbeatMs: number | undefined;
  /** Before the first frame of this segment, and now. */
  #fingerprintBefore: string;
  #fingerprint: string;
  #continues: Continuation | null = null;
  #open: OpenTransaction | undefined;
  /** The transaction at hand, as far as it is archived already: all of it, or parts. */
  #archived: 'whole' | ArchivedPart | undefined;
  #resume: Continuation | null;
  #hurried = false;

  constructor(
    private readonly after: Resume,
    private readonly pool: BufferPool,
    private readonly segmentBytes = SEGMENT_BYTES,
  ) {
    this.#buffer = pool.take();
    this.#fingerprintBefore = after.fingerprint;
    this.#fingerprint = after.fingerprint;
    this.#resume = after.open;
  }

  /** Whether transactions have ended that are in no cut yet. */
  get hasCommits(): boolean {
    return this.#index.length > 0;
  }

  /** Whether the transaction that was added last has not ended. */
  get isInTransaction(): boolean {
    return this.#open !== undefined || this.#archived !== undefined;
  }

  /** Where the last transaction that was added ends, archived before or not; 0 if none was. */
  get lastEndLsn(): bigint {
    return this.#lastEndLsn;
  }

  /** When the last heartbeat that was added was sent, on the archiver's clock. */
  get lastHeartbeatMs(): number | undefined {
    return this.#lastHeartbeatMs;
  }

  /** Of the catalogue after what was added; empty if unknown. */
  get fingerprint(): string {
    return this.#fingerprint;
  }

  /** The catalogue is known from elsewhere to be like this now. */
  set fingerprint(known: string) {
    this.#fingerprint = known;
    if (this.#buffer.length === 0) this.#fingerprintBefore = known;
  }

  /**
   * Adds the messages that stand in `bytes` between each two bounds.
   * @returns the segments that are full now
   * @throws {MalformedMessage} {UndescribedRelation} {AnotherTransaction}
   */
  add(bytes: Buffer, bounds: readonly number[]): readonly Cut[] {
    for (let at = 0; at + 1 < bounds.length; at += 2) {
      this.#message(bytes, bounds[at] ?? 0, bounds[at + 1] ?? 0);
    }
    return this.#cuts.splice(0);
  }

  /** @returns what has ended, or nothing if a transaction is under way: then it is cut as soon as that one ends */
  hurry(): Cut | undefined {
    if (!this.hasCommits) return undefined;
    if (this.#open) this.#hurried = true;
    else this.#cut(null);
    return this.#cuts.shift();
  }

  /**
   * Ends the work.
   * @returns what has ended; also what there is of a huge transaction. Another one that is under way is forgotten: it
   * comes again.
   */
  rest(): Cut | undefined {
    const huge = this.#continues !== null && !this.hasCommits && this.#buffer.length > 0;
    if (this.#open && huge) {
      this.#cut(this.#open.cut());
    } else {
      if (this.#open) this.#buffer.rewind(this.#open.offset);
      this.#open = undefined;
      if (this.hasCommits) this.#cut(null);
    }
    return this.#cuts.shift();
  }

  #message(bytes: Buffer, from: number, to: number): void {
    const kind = kindAt(bytes, from, to);
    if (isChange(kind)) {
      if (this.#open) this.#change(this.#open, kind, bytes, from, to);
      else this.#passOver(kind, bytes, from, to);
    } else if (kind === KIND.begin) this.#begin(beginAt(bytes, from, to), bytes, from, to);
    else if (kind === KIND.commit) this.#commit(bytes, from, to);
    else if (isDefinition(kind)) this.#definitions.learn(kind, bytes.subarray(from, to));
    else if (kind !== KIND.origin) throw new MalformedMessage('A message', `its kind is ${kind}`, 0);
    else if (this.#open) {
      this.#open.endRun();
      this.#buffer.append(bytes, from, to);
      this.#open.beginRun();
    }
  }

  #begin(id: TransactionId, bytes: Buffer, from: number, to: number): void {
    if (this.#open || this.#archived) throw new MalformedMessage('A begin', 'a transaction is under way', 0);
    // Its commit record begins where it was committed, and one that ends before the archive does begins before that.
    if (id.commitLsn < this.after.endLsn) {
      this.#archived = 'whole';
    } else if (this.#resume) {
      this.#archived = new ArchivedPart(id, this.#resume);
      this.#goOnIfPassed(this.#archived);
    } else {
      const offset = this.#buffer.length;
      this.#buffer.append(bytes, from, to);
      this.#open = new OpenTransaction(id, new TransactionDigest(id), this.#buffer, offset);
    }
  }

  #change(open: OpenTransaction, kind: number, bytes: Buffer, from: number, to: number): void {
    if (kind === KIND.message) {
      this.#learn(bytes, from, to);
    } else if (kind === KIND.truncate) {
      for (const relation of truncatedAt(bytes, from, to)) this.#describe(open, relation);
    } else {
      this.#describe(open, idAt(bytes, from, to));
    }
    this.#buffer.append(bytes, from, to);
    open.changed();
    if (this.#buffer.length - open.offset >= this.segmentBytes) this.#cut(open.cut());
  }

  #describe(open: OpenTransaction, relation: number): void {
    if (this.#definitions.has(relation)) return;
    open.endRun();
    this.#definitions.write(relation, this.#buffer);
    open.beginRun();
  }

  #learn(bytes: Buffer, from: number, to: number): void {
    const own = ownMessage(bytes, from, to);
    if (own?.kind === 'heartbeat') {
      this.#heartbeatMs = own.atMs;
      this.#lastHeartbeatMs = own.atMs;
    }
    if (own?.kind === 'ddl') this.#fingerprint = own.fingerprint;
  }

  /** A change that is not kept. One outside of any transaction is a message that holds whatever becomes of it. */
  #passOver(kind: number, bytes: Buffer, from: number, to: number): void {
    if (this.#archived === 'whole') return;
    if (this.#archived) {
      this.#archived.pass(bytes, from, to);
      this.#goOnIfPassed(this.#archived);
    } else if (kind !== KIND.message) {
      throw new MalformedMessage('A change', 'it is in no transaction', 0);
    }
  }

  #goOnIfPassed(part: ArchivedPart): void {
    if (!part.passed) return;
    part.check();
    this.#archived = undefined;
    this.#continues = this.#resume;
    this.#resume = null;
    this.#open = new OpenTransaction(part.id, part.digest, this.#buffer, this.#buffer.length);
  }

  #commit(bytes: Buffer, from: number, to: number): void {
    const endLsn = endLsnAt(bytes, from, to);
    this.#lastEndLsn = endLsn;
    if (this.#archived) {
      // Its changes end before those that are archived.
      if (this.#archived !== 'whole') this.#archived.check();
      this.#archived = undefined;
      return;
    }
    if (!this.#open) throw new MalformedMessage('A commit', 'no transaction is under way', 0);
    this.#index.push(this.#open.entry(endLsn));
    this.#buffer.append(bytes, from, to);
    this.#open = undefined;
    this.#endLsn = endLsn;
    if (this.#hurried || this.#buffer.length >= this.segmentBytes) this.#cut(null);
  }

  /** @param continued where the transaction under way is cut; null if there is none */
  #cut(continued: Continuation | null): void {
    const buffer = this.#buffer;
    this.#cuts.push({
      frames: buffer.view(0, buffer.length),
      index: this.#index,
      continues: this.#continues,
      continued,
      fingerprint: this.#fingerprintBefore,
      endLsn: this.#endLsn,
      heartbeatMs: this.#heartbeatMs,
      release: () => this.pool.give(buffer),
    });
    this.#next(continued);
  }

  #next(continues: Continuation | null): void {
    this.#buffer = this.pool.take();
    this.#index = [];
    this.#endLsn = undefined;
    this.#heartbeatMs = undefined;
    this.#fingerprintBefore = this.#fingerprint;
    this.#continues = continues;
    this.#hurried = false;
    this.#definitions.forgetWritten();
    this.#open = this.#open?.inNext(this.#buffer);
  }
}
