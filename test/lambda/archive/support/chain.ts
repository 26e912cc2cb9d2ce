import type { ChainId } from '../../../../lambda/archive/contract';
import type { Codec } from '../../../../lambda/archive/format/codec';
import { TransactionDigest } from '../../../../lambda/archive/format/digest';
import { FrameBuffer, isChange, isDefinition, KIND, u32At } from '../../../../lambda/archive/format/frames';
import { lsnText } from '../../../../lambda/archive/format/positions';
import { compressBody, type SealedSegment, seal } from '../../../../lambda/archive/format/seal';
import type { Continuation, Genesis, IndexEntry } from '../../../../lambda/archive/format/segment';
import type { ObjectStore } from '../../../../lambda/archive/store';
import { rawMessages, type TestTransaction } from './transactions';

/** A plain writer of chains, which keeps everything in memory: what the archive holds of some transactions. */

export const CHAIN: ChainId = { system: '7300000000000000001', database: 'shop', epoch: 3, part: 0 };

export interface Cutting {
  /** Whole transactions in a segment at most. Default: 3. */
  readonly transactions?: number;
  /** Changes in a segment at most: a transaction with more is cut into parts. Default: none is. */
  readonly changes?: number;
  /** Default: gzip, which every runtime has. */
  readonly codec?: Codec;
  readonly genesis?: Partial<Genesis>;
  readonly fingerprint?: string;
}

/** Writes the chain of these transactions. @returns its segments, the genesis first */
export async function writeChain(
  store: ObjectStore,
  chain: ChainId,
  transactions: readonly TestTransaction[],
  cutting: Cutting = {},
): Promise<readonly SealedSegment[]> {
  const writer = new Writer(chain, cutting);
  await writer.begin();
  for (const transaction of transactions) await writer.add(transaction);
  await writer.cut();
  for (const { key, bytes } of writer.sealed) await store.put(key, bytes);
  return writer.sealed;
}

class Writer {
  readonly sealed: SealedSegment[] = [];
  private frames = new FrameBuffer();
  private index: IndexEntry[] = [];
  private changes = 0;
  private continues: Continuation | null = null;
  /** The latest definition of each relation and type in the session, and those that the open segment has. */
  private readonly known = new Map<string, Uint8Array>();
  private present = new Set<string>();

  constructor(
    private readonly chain: ChainId,
    private readonly cutting: Cutting,
  ) {}

  async begin(): Promise<void> {
    const { genesis } = this.cutting;
    await this.seal(null, { startLsn: '0/0', why: 'first', follows: null, gap: null, ...genesis });
  }

  async add(transaction: TestTransaction): Promise<void> {
    const { xid, endLsn, commitTimeUs } = transaction;
    const digest = new TransactionDigest(transaction);
    let offset = this.frames.length;
    for (const message of rawMessages(transaction)) {
      const kind = message[0] ?? 0;
      if (isChange(kind)) {
        if (this.changes >= (this.cutting.changes ?? Number.POSITIVE_INFINITY)) {
          await this.cut({
            xid,
            commitLsn: lsnText(transaction.commitLsn),
            changes: digest.changes,
            digest: digest.copy().hex(),
          });
          offset = 0;
        }
        this.describe(message);
        digest.add(message);
        this.changes += 1;
      }
      if (isDefinition(kind)) this.define(message);
      else this.frames.append(message);
    }
    const entry = { xid, endLsn: lsnText(endLsn), commitTimeUs: String(commitTimeUs), offset };
    this.index.push({ ...entry, changes: digest.changes, digest: digest.hex() });
    if (this.index.length >= (this.cutting.transactions ?? 3)) await this.cut();
  }

  /** Ends a segment, unless it would be empty. */
  async cut(continued: Continuation | null = null): Promise<void> {
    if (this.frames.length > 0) await this.seal(continued);
  }

  private define(message: Uint8Array): void {
    const key = keyOf(message);
    this.known.set(key, message);
    this.present.add(key);
    this.frames.append(message);
  }

  /** Repeats what the session has said of the relations of a change, if the open segment does not have it. */
  private describe(change: Uint8Array): void {
    if (change[0] === KIND.message) return;
    const absent = [...this.known].filter(([key]) => !this.present.has(key));
    for (const [, message] of absent) this.define(message);
  }

  private async seal(continued: Continuation | null, genesis?: Genesis): Promise<void> {
    const body = await compressBody(this.frames.view(), this.index, this.cutting.codec ?? 'gzip');
    const start = {
      chain: this.chain,
      sequence: this.sealed.length,
      timeline: 1,
      fingerprint: this.cutting.fingerprint ?? '',
      previous: this.sealed.at(-1)?.chainHash ?? null,
      continues: this.continues,
      continued,
    };
    this.sealed.push(seal(genesis ? { ...start, genesis } : start, body));
    this.frames = new FrameBuffer();
    this.index = [];
    this.changes = 0;
    this.continues = continued;
    this.present = new Set();
  }
}

const keyOf = (message: Uint8Array): string => `${message[0]} ${u32At(message, 1)}`;
