import type { Session } from '../../runtime/postgres/session';
import { type DdlMessage, MESSAGES } from '../contract';
import { KIND, messagesIn, u32At } from '../format/frames';
import { lsnText } from '../format/positions';
import { decode } from '../pgoutput/decode';
import type { Delete, Insert, LogicalMessage, Update } from '../pgoutput/message';
import { definitionOf, runDefinition } from './definition/definition';
import { TableDiffers } from './errors';
import { HeldRows } from './held';
import type { ReplayTransaction } from './input';
import { type Memory, NOTHING_KNOWN } from './ledger';
import { Relations } from './relations';
import { changeOf } from './rows/change';
import { sequencesOf, withSequences } from './sequences';
import { truncateTables } from './truncate';
import type { Work } from './work';

/** Applies the messages of transactions, one after the other, in the transaction that `work` has open. */
export class Replayer {
  readonly #relations: Relations;
  readonly #held: HeldRows;
  memory: Memory = NOTHING_KNOWN;
  /** Changes of rows applied so far. */
  changes = 0;
  /** Whether the transaction at hand changes anything here. */
  #touches = false;

  constructor(
    private readonly session: Session,
    private readonly work: Work,
  ) {
    this.#relations = new Relations(session);
    this.#held = new HeldRows(session, this.#relations, work.suspension);
  }

  /** Begins with another chain, of which this is known from before. */
  begin(memory: Memory): void {
    this.#relations.forget();
    this.memory = memory;
  }

  /**
   * @param isPast whether transactions before it were passed over
   * @returns whether it changed the catalogue
   * @throws {NewBaseNeeded} @throws {RowMissing} @throws {ChangeRefused} @throws {TableDiffers}
   */
  async apply(transaction: ReplayTransaction, isPast: boolean): Promise<boolean> {
    const before = this.memory.definer;
    this.#touches = false;
    if (isPast) for (const message of transaction.definitions()) await this.#message(message, transaction);
    for await (const block of transaction.blocks()) {
      for (const message of messagesIn(block)) {
        const waiting = this.#message(message, transaction);
        if (waiting) await waiting;
      }
    }
    this.#held.end(transaction);
    if (this.#touches) this.memory = { ...this.memory, changedLsn: lsnText(transaction.endLsn) };
    return this.memory.definer !== before;
  }

  /** @returns what to wait for; undefined if it is done: that of rows is the path that must be quick */
  #message(bytes: Uint8Array, transaction: ReplayTransaction): Promise<void> | undefined {
    const [kind = 0] = bytes;
    switch (kind) {
      case KIND.insert:
      case KIND.update:
      case KIND.delete:
        return this.#row(bytes, transaction);
      case KIND.relation:
        return this.#relations.isKnown(u32At(bytes, 1), bytes) ? undefined : this.#describe(bytes);
      case KIND.truncate:
      case KIND.message:
        return this.#other(bytes, transaction);
      default:
        return undefined;
    }
  }

  #row(bytes: Uint8Array, transaction: ReplayTransaction): Promise<void> | undefined {
    const message = decode(bytes);
    if (message.kind !== 'insert' && message.kind !== 'update' && message.kind !== 'delete') return undefined;
    const binding = this.#relations.bound(message.relation);
    if (!binding) return this.#firstRow(message, bytes.length, transaction);
    this.changes += 1;
    this.#touches = true;
    return this.work.add(changeOf(message, binding, transaction), bytes.length);
  }

  /** The first change of a table, or one of a table that is not there or not replayed. */
  async #firstRow(
    message: Insert | Update | Delete,
    bytes: number,
    transaction: ReplayTransaction,
  ): Promise<void> {
    if (this.#relations.isOwn(message.relation, transaction)) return;
    await this.work.settle();
    const held = this.#held.holds(message.relation);
    const binding = held ? undefined : await this.#relations.look(message.relation, transaction);
    this.changes += 1;
    this.#touches = true;
    if (binding) {
      await this.work.add(changeOf(message, binding, transaction), bytes);
    } else if (message.kind === 'insert') {
      await this.#held.hold(message, bytes);
    } else {
      const { schema, name } = this.#relations.relation(message.relation, transaction);
      throw new TableDiffers(transaction, `${schema}.${name}`, 'the database has no such table');
    }
  }

  async #describe(bytes: Uint8Array): Promise<void> {
    const message = decode(bytes);
    if (message.kind !== 'relation') return;
    // What is waiting was made by the description before.
    await this.work.settle();
    this.#relations.describe(message, bytes);
  }

  async #other(bytes: Uint8Array, transaction: ReplayTransaction): Promise<void> {
    const message = decode(bytes);
    if (message.kind === 'truncate') {
      this.#touches = true;
      await this.work.settle();
      await truncateTables(this.session, message, this.#relations, this.work.suspension, transaction);
    } else if (message.kind === 'message') {
      await this.#logical(message, transaction);
    }
  }

  async #logical({ prefix, content }: LogicalMessage, transaction: ReplayTransaction): Promise<void> {
    if (prefix === MESSAGES.sequences) this.memory = withSequences(this.memory, sequencesOf(content));
    else if (prefix === MESSAGES.ddl) await this.#define(definitionOf(content), transaction);
  }

  async #define(message: DdlMessage, transaction: ReplayTransaction): Promise<void> {
    this.#touches = true;
    await this.work.settle();
    await this.work.suspension.aroundCommand(() =>
      runDefinition(this.session, message, transaction, this.memory.definer),
    );
    this.#relations.forgetTables();
    this.memory = { ...this.memory, definer: transaction.xid };
    await this.#held.release(transaction);
  }
}
