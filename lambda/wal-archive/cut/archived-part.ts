import { TransactionDigest, type TransactionId } from '../../archive/format/digest';
import { lsnText } from '../../archive/format/positions';
import type { Continuation } from '../../archive/format/segment';
import { HoldfastError } from '../../runtime/errors';
import { SegmentBuffer } from './buffer';
import { cutOf } from './open-transaction';

/** The server sends another transaction than the one that the archive has parts of. */
export class AnotherTransaction extends HoldfastError {
  constructor(
    readonly archived: Continuation,
    readonly found: string,
  ) {
    super(
      `The archive ends within transaction ${archived.xid} (commit at ${archived.commitLsn}, after ` +
        `${archived.changes} changes), but the server sends ${found}.`,
    );
  }
}

/** Bytes that are hashed in one go. */
const RUN_BYTES = 1 << 18;

/**
 * The beginning of a huge transaction, whose parts are archived. A server sends a transaction from its begin on whatever
 * was acknowledged, so these changes come again: they are counted and hashed, not kept, and must be the archived ones.
 */
export class ArchivedPart {
  readonly digest: TransactionDigest;
  readonly #scratch = new SegmentBuffer();
  #changes = 0;

  /** @throws {AnotherTransaction} */
  constructor(
    readonly id: TransactionId,
    private readonly archived: Continuation,
  ) {
    const commitLsn = lsnText(id.commitLsn);
    if (id.xid !== archived.xid || commitLsn !== archived.commitLsn) {
      throw new AnotherTransaction(archived, `transaction ${id.xid} (commit at ${commitLsn})`);
    }
    this.digest = new TransactionDigest(id);
  }

  /** Whether the next change is not archived. */
  get passed(): boolean {
    return this.digest.changes + this.#changes === this.archived.changes;
  }

  /** Takes the next change. */
  pass(bytes: Buffer, from: number, to: number): void {
    this.#scratch.append(bytes, from, to);
    this.#changes += 1;
    if (this.#scratch.length > RUN_BYTES) this.#hash();
  }

  /**
   * All of it has come.
   * @throws {AnotherTransaction} if it differs from what is archived
   */
  check(): void {
    this.#hash();
    const { changes, digest } = cutOf(this.id, this.digest);
    if (changes !== this.archived.changes) {
      throw new AnotherTransaction(this.archived, `it with ${changes} changes only`);
    }
    if (digest !== this.archived.digest) throw new AnotherTransaction(this.archived, 'it with other changes');
  }

  #hash(): void {
    this.digest.addFrames(this.#scratch.view(0, this.#scratch.length), this.#changes);
    this.#scratch.rewind(0);
    this.#changes = 0;
  }
}
