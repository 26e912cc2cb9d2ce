import { sentenceOf } from '../../runtime/errors';
import { type ChainId, chainPrefix, segmentKey } from '../contract';
import { BrokenChain, CorruptSegment } from '../damage';
import type { Continuation, Genesis, Position, Segment } from '../format/segment';
import { Link } from './link';
import { findingOf, type Intact, type Looked, look } from './look';
import { listBoth, type Stores } from './merge';
import { AHEAD } from './read';
import { readAhead } from './read-ahead';
import type { ChainReport, Finding, Progress } from './report';

export interface VerifyOptions {
  /** Number of the segment to begin with. Default: the first one there is. */
  readonly from?: number;
  /** Number of the segment to end with. Default: the last one there is. */
  readonly to?: number;
  /** Asked behind each segment: whether there is time for another one. Default: always. */
  readonly hasTime?: () => boolean;
  /**
   * In microseconds since 1970: what was committed before may have expired in either store. Default: nothing expires, and a
   * chain without its genesis has lost it.
   */
  readonly expiredBeforeUs?: bigint;
  readonly progress?: (progress: Progress) => void;
  /** Segments that are read ahead. Default: 4. */
  readonly ahead?: number;
}

/**
 * Reads all of a chain and checks it: every object, every transaction, that each follows from the one before, and that both
 * stores have the same. Whatever is wrong is a finding, and does not end the verification. A far store that does not answer
 * is one, too.
 * @throws {StoreFailed} if the near store does not answer
 * @throws {CodecMissing}
 */
export async function verifyChain(
  stores: Stores,
  chain: ChainId,
  options: VerifyOptions = {},
): Promise<ChainReport> {
  const check = new Verification(stores, chain, options);
  const prefix = chainPrefix(chain);
  const after = options.from ? segmentKey(chain, options.from - 1) : undefined;
  const keys = listBoth(stores, prefix, after, (error) => check.farFailed(sentenceOf(error)));
  const looked = readAhead(keys, options.ahead ?? AHEAD, (found) => look(check.stores, found));
  const { to = Number.POSITIVE_INFINITY, hasTime = () => true } = options;
  for await (const one of looked) {
    if (one.sequence !== undefined && one.sequence > to) break;
    check.take(one);
    if (check.isSettled && !hasTime()) break;
  }
  return check.report();
}

class Verification {
  /** Without the far one as soon as it has failed. */
  stores: Stores;
  private readonly link = new Link();
  private readonly findings: Finding[] = [];
  /** What one store lacks, until it is known whether it was old enough to expire. */
  private lacked: Finding[] = [];
  private segments = 0;
  private transactions = 0;
  private changes = 0;
  private storedBytes = 0;
  private rawBytes = 0;
  private start: number | undefined;
  private end: number | undefined;
  private first: Position | null = null;
  private last: Position | null = null;
  private genesis: Genesis | null = null;
  private open: Continuation | null = null;

  constructor(
    stores: Stores,
    private readonly chain: ChainId,
    private readonly options: VerifyOptions,
  ) {
    this.stores = stores;
  }

  /** Whether it is known of every segment so far if it may be missing in one of the stores. */
  get isSettled(): boolean {
    return this.lacked.length === 0;
  }

  /** The far store is told of once, and not asked any more. */
  farFailed(sentence: string): void {
    const { near, far } = this.stores;
    if (!far) return;
    this.stores = { near };
    this.findings.push(findingOf(far, chainPrefix(this.chain), 'unread', sentence));
  }

  take(looked: Looked): void {
    this.note(looked);
    const { sequence, intact } = looked;
    if (sequence === undefined) return;
    this.expect(sequence);
    this.start ??= sequence;
    this.end = sequence;
    if (!intact) {
      this.link.skip();
      return;
    }
    this.follow(looked.key, intact);
    this.count(intact);
    this.lacking(looked, intact.segment);
    const { segments, storedBytes, rawBytes, chain } = this;
    this.options.progress?.({ chain, sequence, segments, storedBytes, rawBytes });
  }

  report(): ChainReport {
    const { chain, segments, transactions, changes, storedBytes, rawBytes, first, last, genesis, open } =
      this;
    const [from, to] = [this.start ?? null, this.end ?? null];
    const counts = { segments, transactions, changes, storedBytes, rawBytes };
    const findings = [...this.beginning(), ...this.findings, ...this.lacked].sort(byKey);
    return { chain, ...counts, from, to, first, last, genesis, open, findings };
  }

  private note({ findings }: Looked): void {
    for (const one of findings) {
      if (one.kind === 'unread') this.farFailed(one.sentence);
      else this.findings.push(one);
    }
  }

  /** Numbers between the last segment and this one are holes in both stores. */
  private expect(sequence: number): void {
    const expected = this.end === undefined ? (this.options.from ?? sequence) : this.end + 1;
    if (sequence === expected) return;
    this.findings.push(this.hole(expected, sequence - 1));
    this.link.skip();
  }

  private hole(from: number, to: number): Finding {
    const key = segmentKey(this.chain, from);
    const what = from === to ? 'it is missing' : `it and all up to ${segmentKey(this.chain, to)} are missing`;
    return findingOf(this.stores.near, key, 'missing', what);
  }

  private follow(key: string, { segment, store }: Intact): void {
    try {
      this.link.take(segment);
    } catch (error) {
      if (!(error instanceof BrokenChain || error instanceof CorruptSegment)) throw error;
      const kind = error instanceof BrokenChain ? 'broken' : 'corrupt';
      this.findings.push(findingOf({ name: store }, key, kind, error.what));
      this.link.restart(segment);
    }
  }

  private count({ segment: { header, index }, storedBytes }: Intact): void {
    this.segments += 1;
    this.transactions += index.length;
    this.storedBytes += storedBytes;
    this.rawBytes += header.rawBytes;
    for (const entry of index) this.changes += entry.changes;
    this.first ??= header.first;
    this.last = header.last ?? this.last;
    this.genesis = header.genesis ?? this.genesis;
    this.open = header.continued;
  }

  /** One store has it and the other does not. A part of a transaction is as old as its commit, which comes later. */
  private lacking({ key, absent }: Looked, { header }: Segment): void {
    const what = 'it is missing, and the other store has it';
    this.lacked.push(...absent.map((name) => findingOf({ name }, key, 'missing', what)));
    if (!header.last) return;
    if (!this.mayHaveExpired(header.last)) this.findings.push(...this.lacked);
    this.lacked = [];
  }

  private mayHaveExpired(position: Position | null): boolean {
    const { expiredBeforeUs } = this.options;
    return (
      expiredBeforeUs !== undefined && position !== null && BigInt(position.commitTimeUs) <= expiredBeforeUs
    );
  }

  /** A chain whose oldest segments are not there has lost them, unless they may have expired. */
  private beginning(): readonly Finding[] {
    const { start, first } = this;
    const whole = start === undefined || start === 0 || this.options.from !== undefined;
    return whole || this.mayHaveExpired(first) ? [] : [this.hole(0, start - 1)];
  }
}

const byKey = (a: Finding, b: Finding): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
