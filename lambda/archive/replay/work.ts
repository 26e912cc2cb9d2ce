import { setImmediate as turn } from 'node:timers/promises';
import type { Session } from '../../runtime/postgres/session';
import { IN_SETUP } from './own';
import { applyChanges, type Prepared, prepare } from './rows/apply';
import type { RowChange } from './rows/coalesce';
import { Suspension } from './suspension';

/** So much is kept back at most, to be coalesced and applied at once. */
const CHANGES_MAX = 10_000;
const BYTES_MAX = 4 * 1024 * 1024;
/** Reading is one long turn of the event loop, in which the server is neither heard nor asked: it ends after so many. */
const CHANGES_A_TURN = 500;

/**
 * The transaction of the database in which transactions of the archive are applied, several to one. Changes of rows are
 * collected; while the server applies some, the next are read.
 */
export class Work {
  readonly suspension: Suspension;
  #changes: RowChange[] = [];
  #bytes = 0;
  #applying: Promise<void> = Promise.resolve();
  #isOpen = false;

  constructor(readonly session: Session) {
    this.suspension = new Suspension(session);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async open(): Promise<void> {
    if (this.#isOpen) return;
    await this.session.query(`BEGIN; ${IN_SETUP}`);
    this.#isOpen = true;
  }

  /**
   * @param bytes that it takes, about
   * @returns what to wait for before the next change; undefined if there is no need
   */
  add(change: RowChange, bytes: number): Promise<void> | undefined {
    this.#changes.push(change);
    this.#bytes += bytes;
    if (this.#changes.length >= CHANGES_MAX || this.#bytes >= BYTES_MAX) return this.#flush();
    return this.#changes.length % CHANGES_A_TURN === 0 ? turn() : undefined;
  }

  /** Applies what was collected, and waits until it is done. */
  async settle(): Promise<void> {
    await this.#flush();
    await this.#applying;
  }

  /** @param last what is done before the commit, within the transaction */
  async commit(last: () => Promise<void>): Promise<void> {
    await this.settle();
    await this.suspension.lift();
    await last();
    await this.session.query('COMMIT');
    this.#isOpen = false;
  }

  /** Undoes all since the last commit. The session may have ended: then the server has undone it. */
  async abandon(): Promise<void> {
    await this.#applying.catch(() => undefined);
    this.#changes = [];
    this.suspension.forget();
    this.#isOpen = false;
    if (this.session.isOpen()) await this.session.query('ROLLBACK').catch(() => undefined);
  }

  async #flush(): Promise<void> {
    if (this.#changes.length === 0) return;
    // While the server still applies what came before.
    const prepared = prepare(this.#changes);
    this.#changes = [];
    this.#bytes = 0;
    await this.#applying;
    this.#applying = this.#apply(prepared);
    // Whoever waits next hears of it.
    this.#applying.catch(() => undefined);
  }

  async #apply(prepared: Prepared): Promise<void> {
    for (const table of new Set(prepared.changes.map(({ binding }) => binding.table.name))) {
      await this.suspension.suspend(table);
    }
    await applyChanges(this.session, prepared);
  }
}
