import type { Session } from '../../runtime/postgres/session';
import { type ChainId, chainPrefix, MESSAGES, type SequencesMessage } from '../contract';
import { isChange, KIND, messagesIn } from '../format/frames';
import { decode } from '../pgoutput/decode';
import { AlreadyReplaying } from './errors';
import type { ReplayTransaction } from './input';
import { advanceLedger, prepareLedger, readLedger } from './ledger';
import { rollBackPrepared } from './prepared';
import { Replayer } from './replayer';
import { isExact, raiseSequences, sequencesOf, setSequences, withSequences } from './sequences';
import { prepareSession } from './settings';
import { Work } from './work';

/**
 * Brings a restored database up to date from the archive: applies the transactions that its ledger does not have yet, in
 * the order of their commits. Several go into one transaction of the database, and the ledger with them. So a replay that
 * dies at any moment is simply begun again, and neither repeats nor leaves out anything.
 */

export interface ReplayOptions {
  /** Whether a transaction is still wanted: at the first that is not, the replay is at its end. All are by default. */
  readonly isWithin?: (transaction: ReplayTransaction) => boolean;
  /** Asked before each transaction that is to be applied: whether to stop here, to be gone on with later. */
  readonly isPaused?: () => boolean;
  /** Told after each commit. */
  readonly onCommit?: (progress: Progress) => void;
}

export interface Progress {
  /** Of this replay. */
  readonly transactions: number;
  /** Changes of rows. */
  readonly changes: number;
  /** The last transaction of the archive that the database has; undefined if that is not known. */
  readonly last: Reached | undefined;
}

export type Reached = Pick<ReplayTransaction, 'chain' | 'endLsn' | 'commitTimeUs'>;

export interface Outcome extends Progress {
  /** `target`: something came that was not wanted. `input`: nothing came any more. `paused`: it was to stop. */
  readonly ended: 'target' | 'input' | 'paused';
  /** Names of prepared transactions that the base had brought with it, and that were rolled back. */
  readonly rolledBack: readonly string[];
}

/** Changes that are committed at once, about: more would only make a crash more expensive. */
const COMMIT_CHANGES = 50_000;
/** So long after the target values of sequences are looked for, in microseconds: they are told every few seconds. */
const SEQUENCES_WITHIN_US = 60_000_000n;
/** One number for all replays into a database. */
const LOCK = 4_869_002_034;

/**
 * @param session of the owner, for the replay alone: its settings are changed
 * @param transactions verified, in the order of their commits, of one chain or of several that follow one another; what
 *   the base has is either not among them or in the ledger (`beginLedger`)
 * @throws {NewBaseNeeded} @throws {RowMissing} @throws {ChangeRefused} @throws {TableDiffers} @throws {AlreadyReplaying}
 *   @throws {LedgerMoved} and what reading throws; the database then is as its ledger says
 */
export async function replay(
  session: Session,
  transactions: AsyncIterable<ReplayTransaction>,
  options: ReplayOptions = {},
): Promise<Outcome> {
  const [lock] = await session.query('SELECT pg_try_advisory_lock($1) AS mine', [LOCK]);
  if (lock?.mine !== true) throw new AlreadyReplaying();
  try {
    await prepareSession(session);
    await prepareLedger(session);
    const rolledBack = await rollBackPrepared(session);
    const run = new Run(session, options);
    const ended = await run.all(transactions);
    if (ended !== 'paused') await run.finish();
    return { ...run.progress, ended, rolledBack };
  } finally {
    if (session.isOpen()) await session.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

class Run {
  readonly #work: Work;
  readonly #replayer: Replayer;
  #chain: ChainId | undefined;
  /** Where the ledger is, as committed; undefined if the chain is not in it. */
  #ledger: bigint | undefined;
  #last: Reached | undefined;
  #isPast = true;
  #transactions = 0;
  #sinceCommit = { transactions: 0, changes: 0 };
  /** Whether something was changed between the target and what is looked at beyond it. */
  #isChangedBeyond = false;
  /** Values of sequences that were read behind such a change. */
  #later: SequencesMessage | undefined;

  constructor(
    private readonly session: Session,
    private readonly options: ReplayOptions,
  ) {
    this.#work = new Work(session);
    this.#replayer = new Replayer(session, this.#work);
  }

  get progress(): Progress {
    return { transactions: this.#transactions, changes: this.#replayer.changes, last: this.#last };
  }

  async all(transactions: AsyncIterable<ReplayTransaction>): Promise<Outcome['ended']> {
    const { isWithin = () => true, isPaused = () => false } = this.options;
    let ended: Outcome['ended'] = 'input';
    try {
      for await (const transaction of transactions) {
        if (ended === 'target' || !isWithin(transaction)) {
          ended = 'target';
          if (await this.#lookBeyond(transaction)) break;
        } else if (await this.#isDone(transaction)) {
          this.#isPast = true;
        } else if (isPaused()) {
          ended = 'paused';
          break;
        } else {
          await this.#one(transaction);
        }
      }
      await this.#commit();
      return ended;
    } catch (error) {
      await this.#work.abandon();
      throw error;
    }
  }

  /** Sets the sequences, and sees to it that all of it is on disk. */
  async finish(): Promise<void> {
    await setSequences(this.session, this.#replayer.memory);
    if (this.#later) await raiseSequences(this.session, this.#later);
    await this.session.query("SELECT set_config('synchronous_commit', 'on', false)");
    await this.session.query('SELECT pg_current_xact_id()');
  }

  /** @returns whether the ledger has the transaction */
  async #isDone({ chain, endLsn }: ReplayTransaction): Promise<boolean> {
    if (!this.#chain || chainPrefix(chain) !== chainPrefix(this.#chain)) await this.#enter(chain);
    return this.#ledger !== undefined && endLsn <= this.#ledger;
  }

  async #one(transaction: ReplayTransaction): Promise<void> {
    const { chain, endLsn, commitTimeUs } = transaction;
    await this.#work.open();
    const before = this.#replayer.changes;
    const isDefined = await this.#replayer.apply(transaction, this.#isPast);
    this.#isPast = false;
    this.#last = { chain, endLsn, commitTimeUs };
    this.#transactions += 1;
    this.#sinceCommit.transactions += 1;
    this.#sinceCommit.changes += this.#replayer.changes - before;
    // What a command makes, as a value of an enum, may be of use only to later transactions of the database too.
    if (isDefined || this.#sinceCommit.changes >= COMMIT_CHANGES) await this.#commit();
  }

  async #enter(chain: ChainId): Promise<void> {
    await this.#commit();
    const entry = await readLedger(this.session, chain);
    this.#chain = chain;
    this.#ledger = entry?.endLsn;
    this.#isPast = true;
    this.#replayer.begin(entry?.memory ?? this.#replayer.memory);
    if (entry) this.#last = { chain, endLsn: entry.endLsn, commitTimeUs: entry.commitTimeUs };
  }

  async #commit(): Promise<void> {
    const chain = this.#chain;
    const last = this.#last;
    if (!this.#work.isOpen || !chain || !last) return;
    const { endLsn, commitTimeUs } = last;
    const entry = { endLsn, commitTimeUs, memory: this.#replayer.memory };
    await this.#work.commit(() =>
      advanceLedger(this.session, chain, this.#ledger, entry, this.#sinceCommit.transactions),
    );
    this.#ledger = endLsn;
    this.#sinceCommit = { transactions: 0, changes: 0 };
    this.options.onCommit?.(this.progress);
  }

  /**
   * A value that was read behind a change which is not wanted may be too low: that change may have set the sequence back.
   * @returns whether there is no need to look further: the values of sequences are known as of now, or are not to be had
   */
  async #lookBeyond(transaction: ReplayTransaction): Promise<boolean> {
    const last = this.#last;
    if (!last || isExact(this.#replayer.memory)) return true;
    if (transaction.commitTimeUs > last.commitTimeUs + SEQUENCES_WITHIN_US) return true;
    for await (const block of transaction.blocks()) {
      for (const bytes of messagesIn(block)) {
        const found = foundBeyond(bytes);
        if (found === 'change') this.#isChangedBeyond = true;
        if (found === 'change' || found === undefined) continue;
        if (this.#isChangedBeyond) {
          this.#later = found;
          return true;
        }
        this.#replayer.memory = withSequences(this.#replayer.memory, found);
        if (isExact(this.#replayer.memory)) return true;
      }
    }
    return false;
  }
}

/** @returns values of sequences, or that something else is changed; undefined for what says nothing of either */
function foundBeyond(bytes: Uint8Array): SequencesMessage | 'change' | undefined {
  const kind = bytes[0] ?? 0;
  if (kind !== KIND.message) return isChange(kind) ? 'change' : undefined;
  const message = decode(bytes);
  if (message.kind !== 'message') return undefined;
  if (message.prefix === MESSAGES.sequences) return sequencesOf(message.content);
  return message.prefix === MESSAGES.ddl ? 'change' : undefined;
}
