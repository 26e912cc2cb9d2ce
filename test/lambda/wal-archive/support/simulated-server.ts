import { MESSAGES } from '../../../../lambda/archive/contract';
import { TransactionDigest } from '../../../../lambda/archive/format/digest';
import { isChange } from '../../../../lambda/archive/format/frames';
import { lsnText } from '../../../../lambda/archive/format/positions';
import type { Message } from '../../../../lambda/archive/pgoutput/message';
import { lsnBytes } from '../../../../lambda/runtime/lsn';
import type {
  Received,
  ReplicationSession,
  SlotStatus,
  SourceSession,
  SourceStatus,
  WalStream,
} from '../../../../lambda/wal-archive/ports';
import { SlotActive, StreamEnded, StreamLost } from '../../../../lambda/wal-archive/walsender/errors';
import type { FakeClock } from '../../../support/fake-clock';
import { wireOf } from '../../archive/support/wire';

/**
 * A writer with a slot, as PostgreSQL behaves where an archiver can see it: whole transactions in commit order, each
 * session told of a relation at its first use, everything behind the confirmed position sent again, a position that goes
 * back when the server is stopped at once.
 */

const RELATION: Message = {
  kind: 'relation',
  id: 16_401,
  schema: 'public',
  name: 'orders',
  identity: 'd',
  columns: [
    { name: 'id', key: true, type: 23, modifier: -1 },
    { name: 'note', key: false, type: 25, modifier: -1 },
  ],
};
const US = 1_000n;

export interface Committed {
  readonly xid: number;
  readonly endLsn: bigint;
  /** As an archive should have it. */
  readonly digest: string;
  readonly changes: number;
  /** Whether the application has committed it, and not the archiver. */
  readonly ofApplication: boolean;
}

interface Logged extends Committed {
  readonly begin: Uint8Array;
  readonly messages: readonly Uint8Array[];
  readonly commit: Uint8Array;
}

interface Slot {
  confirmed: bigint;
  /** What is left of it after an immediate stop. */
  persisted: bigint;
  /** Where the server begins to read the log for the next reader. */
  restart: bigint;
  readonly made: bigint;
  walStatus: string;
  complete: boolean;
  reader: SimulatedStream | undefined;
}

export class SimulatedServer {
  readonly log: Logged[] = [];
  slot: Slot | undefined;
  epoch = 1;
  timeline = 1;
  notWriter: string | null = null;
  /** Logins fail with it. */
  refuses: Error | undefined;
  /** What the archive's presence says; by default it has everything. */
  presentUpTo: bigint | 'unknown' | undefined;
  /** Is asked before a position is confirmed. */
  confirms: (lsn: bigint) => void = () => undefined;
  /** Messages that are sent in one go. */
  batch: () => number = () => 1_000;
  lsn = 0x1000000n;
  /** Grows with every stop: sessions of before are gone. */
  generation = 0;
  #xid = 700;
  /** Places in the log where a reader may begin, once what lies behind them is confirmed. */
  #marks: bigint[] = [];

  constructor(readonly clock: FakeClock) {
    this.makeSlot(true);
  }

  /** Commits a transaction of so many inserts, each of so many bytes. */
  commit(changes = 1, bytes = 10): Committed {
    const rows = Array.from(
      { length: changes },
      (_, at): Message => ({
        kind: 'insert',
        relation: 16_401,
        row: [String(at), `${this.#xid}`.padEnd(bytes, 'x')],
      }),
    );
    return this.commitMessages(rows);
  }

  heartbeat(atMs: number): Committed {
    const content = Buffer.from(JSON.stringify({ at_ms: atMs }));
    const lsn = this.lsn;
    return this.commitMessages([
      { kind: 'message', transactional: true, lsn, prefix: MESSAGES.heartbeat, content },
    ]);
  }

  commitMessages(messages: readonly Message[]): Committed {
    const xid = this.#xid;
    this.#xid += 1;
    const commitLsn = this.lsn + 200n;
    const endLsn = commitLsn + 48n;
    this.lsn = endLsn;
    const commitTimeUs = BigInt(this.clock.now()) * US;
    const raw = messages.map(wireOf);
    const digest = new TransactionDigest({ xid, commitLsn, commitTimeUs });
    for (const one of raw) if (isChange(one[0] ?? 0)) digest.add(one);
    const logged: Logged = {
      xid,
      endLsn,
      changes: digest.changes,
      ofApplication: messages.some(({ kind }) => kind === 'insert'),
      digest: digest.hex(),
      begin: wireOf({ kind: 'begin', xid, commitLsn, commitTimeUs }),
      messages: raw,
      commit: wireOf({ kind: 'commit', commitLsn, endLsn, commitTimeUs }),
    };
    this.log.push(logged);
    return logged;
  }

  /** What the server does now and then by itself: it takes no such place while the one before is not confirmed. */
  mark(): void {
    const confirmed = this.slot?.confirmed ?? 0n;
    if (this.#marks.every((mark) => mark <= confirmed)) this.#marks.push(this.lsn);
  }

  /** The log grows by what is not decoded. */
  grow(bytes: number): void {
    this.lsn += BigInt(bytes);
  }

  confirm(slot: Slot, lsn: bigint): void {
    this.confirms(lsn);
    if (lsn > slot.confirmed) slot.confirmed = lsn;
    this.#restart(slot);
  }

  #restart(slot: Slot): void {
    slot.restart = this.#marks.findLast((mark) => mark >= slot.made && mark <= slot.confirmed) ?? slot.made;
  }

  /** Ends the stream in order, as a server does that shuts down. */
  endStream(): void {
    this.slot?.reader?.leave();
  }

  /** Ends every session, and forgets what was confirmed since the last checkpoint. */
  stopAtOnce(): void {
    this.generation += 1;
    if (!this.slot) return;
    this.slot.reader?.lose();
    this.slot.confirmed = this.slot.persisted;
    this.#restart(this.slot);
  }

  checkpoint(): void {
    if (this.slot) this.slot.persisted = this.slot.confirmed;
  }

  makeSlot(complete = false): void {
    if (this.slot && this.slot.walStatus !== 'lost') return;
    const at = this.lsn;
    this.slot = {
      confirmed: at,
      persisted: at,
      restart: at,
      made: at,
      walStatus: 'reserved',
      complete,
      reader: undefined,
    };
  }

  dropSlot(): void {
    this.slot?.reader?.lose();
    this.slot = undefined;
  }

  loseSlot(): void {
    if (!this.slot) return;
    this.slot.reader?.lose();
    this.slot.walStatus = 'lost';
  }

  /** What somebody does by hand; PostgreSQL refuses it while the slot is read. */
  advanceSlot(): void {
    if (!this.slot || this.slot.reader) return;
    this.slot.confirmed = this.lsn;
    this.slot.persisted = this.lsn;
  }

  replication(): ReplicationSession {
    if (this.refuses) throw this.refuses;
    return {
      identify: async () => ({ system: '7000000000000000001', timeline: this.timeline }),
      start: async (slot) => {
        if (this.slot?.reader) throw new SlotActive(slot);
        if (!this.slot) throw new StreamLost('there is no slot.');
        const stream = new SimulatedStream(this);
        this.slot.reader = stream;
        return stream;
      },
      end: async () => undefined,
    };
  }

  source(): SourceSession {
    if (this.refuses) throw this.refuses;
    const { generation } = this;
    const alive = (): void => {
      if (this.generation !== generation) throw new StreamLost('the session was ended.');
    };
    return {
      presence: { lastPresent: async (asked) => this.#present(asked.map(({ endLsn }) => lsnBytes(endLsn))) },
      observe: async () => {
        alive();
        return this.#status();
      },
      heartbeat: async (atMs) => {
        alive();
        this.mark();
        this.heartbeat(atMs);
      },
      fingerprint: async () => 'fingerprint',
      makeSlot: async () => {
        alive();
        this.makeSlot();
      },
      end: async () => undefined,
    };
  }

  #present(ends: readonly bigint[]): { count: number } | { unknown: string } {
    const limit = this.presentUpTo;
    if (limit === 'unknown') return { unknown: 'it has forgotten.' };
    return { count: limit === undefined ? ends.length : ends.filter((end) => end <= limit).length };
  }

  #status(): SourceStatus {
    return {
      database: 'shop',
      notWriter: this.notWriter,
      epoch: this.epoch,
      flushLsn: lsnText(this.lsn),
      slot: this.slot && slotStatus(this.slot, this.lsn),
      unarchivable: 0,
    };
  }
}

const slotStatus = ({ confirmed, restart, walStatus, complete }: Slot, lsn: bigint): SlotStatus => ({
  confirmedLsn: lsnText(confirmed),
  walStatus,
  keptBytes: Number(lsn - restart),
  complete,
});

export class SimulatedStream implements WalStream {
  #from: bigint;
  /** Of the transaction at hand, what was sent. */
  #sent = 0;
  #described = false;
  #lost = false;
  #ended = false;

  constructor(private readonly server: SimulatedServer) {
    this.#from = server.slot?.confirmed ?? 0n;
  }

  get isLost(): boolean {
    return this.#lost;
  }

  lose(): void {
    this.#lost = true;
    this.#leave();
  }

  leave(): void {
    this.#ended = true;
  }

  async receive(milliseconds: number): Promise<Received | undefined> {
    const now = this.#next();
    if (now) return now;
    await this.server.clock.sleep(milliseconds);
    return this.#next();
  }

  acknowledge(endLsn: bigint): void {
    const { slot } = this.server;
    if (this.#lost || slot?.reader !== this) return;
    this.server.confirm(slot, endLsn);
  }

  async end(): Promise<void> {
    this.#leave();
  }

  #leave(): void {
    if (this.server.slot?.reader === this) this.server.slot.reader = undefined;
  }

  #next(): Received | undefined {
    if (this.#lost) throw new StreamLost('the server closed the connection.');
    if (this.#ended) throw new StreamEnded();
    const messages: Uint8Array[] = [];
    const most = this.server.batch();
    while (messages.length < most) {
      const transaction = this.server.log.find(({ endLsn }) => endLsn > this.#from);
      if (!transaction) break;
      this.#send(transaction, messages, most);
    }
    const isUpToDate = this.server.log.every(({ endLsn }) => endLsn <= this.#from);
    if (messages.length === 0 && !isUpToDate) return undefined;
    const walEnd = isUpToDate ? this.server.lsn : 0n;
    if (messages.length === 0) return undefined;
    return { ...packed(messages), walEnd };
  }

  #send(transaction: Logged, into: Uint8Array[], most: number): void {
    const all = this.#messagesOf(transaction);
    while (this.#sent < all.length && into.length < most) {
      const next = all[this.#sent];
      if (next) into.push(next);
      this.#sent += 1;
    }
    if (this.#sent < all.length) return;
    this.#sent = 0;
    this.#from = transaction.endLsn;
    this.#described ||= usesRelation(transaction);
  }

  #messagesOf(transaction: Logged): readonly Uint8Array[] {
    const { begin, messages, commit } = transaction;
    const described = !this.#described && usesRelation(transaction);
    return [begin, ...(described ? [wireOf(RELATION)] : []), ...messages, commit];
  }
}

const usesRelation = ({ messages }: Logged): boolean => messages.some(([kind]) => kind === 0x49);

/** Between bytes that are none of the messages, as they come from a socket. */
function packed(messages: readonly Uint8Array[]): Pick<Received, 'bytes' | 'bounds'> {
  const parts: Uint8Array[] = [];
  const bounds: number[] = [];
  let at = 0;
  for (const message of messages) {
    parts.push(Buffer.alloc(3, 0xff), message);
    bounds.push(at + 3, at + 3 + message.length);
    at += 3 + message.length;
  }
  return { bytes: Buffer.concat(parts), bounds };
}
