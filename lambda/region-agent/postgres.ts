import { HoldfastError, sentenceOf } from '../runtime/errors';
import { type ConnectOptions, postgres } from '../runtime/postgres/connect';
import {
  type Address,
  type Credential,
  codeOf,
  DatabaseUnreachable,
  LoginRefused,
  type Row,
  type Session,
} from '../runtime/postgres/session';
import type { DatabaseStatus, FencedDatabase } from './ports';

/** One statement on the server, and the answer to it with the way there and back, in milliseconds. */
const STATEMENT_MS = 3_000;
const ANSWER_MS = 3_500;
const CONNECT_MS = 3_000;

/** A call to the fence failed; what became of a change is unknown. */
export class FenceUnreachable extends HoldfastError {
  constructor(
    readonly host: string,
    readonly call: string,
    why: string,
    options: ErrorOptions,
  ) {
    super(`The fence of the database at ${host} could not be asked to ${call}: ${why}`, options);
  }
}

/** The fence over a connection, which is somebody's to end. */
export interface FenceConnection extends FencedDatabase {
  end(): Promise<void>;
}

/**
 * The fence through SQL, over one connection that is kept across turns: an agent that is connected is not kept out by an
 * application that takes all other connections. One that has ended meanwhile is made anew at the next call; one on
 * which anything has failed is never used again.
 * @param credential asked for the first connection, and again when the database refuses the one it gave (a rotation)
 * @param ca further authorities beside the host's, in PEM
 */
export function fencedDatabase(
  address: Address,
  credential: () => Promise<Credential>,
  ca?: string,
): FenceConnection {
  const connection = new Connection(address, credential, ca);
  let triedEpoch = 0;
  /** Once for each epoch: a database that lets nobody write must not wait for its archive again and again. */
  const archiveSlot = async (epoch: number): Promise<void> => {
    if (epoch === triedEpoch) return;
    triedEpoch = epoch;
    try {
      await connection.ask('make the slot of its archive', 'SELECT holdfast.make_archive_slot()');
    } catch (error) {
      // No archive is worth a database that stays closed; what is missing is in the status, and on the page.
      if (!(error instanceof FenceUnreachable)) throw error;
    }
  };
  return {
    async observe() {
      const row = await connection.ask('tell its status', 'SELECT * FROM holdfast.status()');
      return connection.read('tell its status', () => statusOf(row));
    },
    renew: ({ epoch, version, limitMs }) =>
      connection.change('renew its lease', 'SELECT holdfast.renew_lease($1, $2, $3) AS done', [
        epoch,
        version,
        limitMs,
      ]),
    async open({ epoch, version, limitMs }) {
      await archiveSlot(epoch);
      const opened = await connection.change('open its lease', 'SELECT holdfast.open_lease($1, $2) AS done', [
        epoch,
        version,
      ]);
      // A statement of its own: nobody may write before the new epoch is committed.
      const begin = 'SELECT holdfast.begin_lease($1, $2, $3) AS done';
      return opened && connection.change('begin its lease', begin, [epoch, version, limitMs]);
    },
    async close({ epoch, version }) {
      const sql = 'SELECT holdfast.close_lease($1, $2) AS done';
      const done = await connection.change('close its lease', sql, [epoch, version]);
      // A statement of its own: roles that may not log in have to be committed before their sessions end.
      if (done) await connection.ask('end the sessions', 'SELECT holdfast.end_sessions()');
      return done;
    },
    async endSessions() {
      await connection.ask('end the sessions', 'SELECT holdfast.end_sessions()');
    },
    end: () => connection.end(),
  };
}

class Connection {
  #session: Session | undefined;
  #credential: Credential | undefined;

  constructor(
    private readonly address: Address,
    private readonly credential: () => Promise<Credential>,
    private readonly ca: string | undefined,
  ) {}

  /** @throws {FenceUnreachable} */
  async ask(call: string, sql: string, parameters?: readonly unknown[]): Promise<Row> {
    try {
      const session = await this.#connected();
      const [row] = await session.query(sql, parameters);
      return row ?? {};
    } catch (error) {
      this.#forget();
      throw new FenceUnreachable(this.address.host, call, whyOf(error), { cause: error });
    }
  }

  /** @throws {FenceUnreachable} */
  async change(call: string, sql: string, parameters: readonly number[]): Promise<boolean> {
    const { done } = await this.ask(call, sql, parameters);
    return this.read(call, () => bool(done));
  }

  /** @throws {FenceUnreachable} if the answer is none that the fence gives */
  read<T>(call: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new FenceUnreachable(this.address.host, call, sentenceOf(error), { cause: error });
    }
  }

  async #connected(): Promise<Session> {
    if (this.#session?.isOpen()) return this.#session;
    this.#forget();
    const options: ConnectOptions = {
      name: 'holdfast-region-agent',
      ca: this.ca,
      connectMs: CONNECT_MS,
      queryMs: ANSWER_MS,
      statementMs: STATEMENT_MS,
    };
    const database = postgres(this.address, options);
    const known = this.#credential;
    this.#credential ??= await this.credential();
    try {
      this.#session = await database.connect(this.#credential);
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      this.#credential = undefined;
      // One that was just read is not read again: the next turn does.
      if (known === undefined) throw error;
      const fresh = await this.credential();
      this.#session = await database.connect(fresh);
      this.#credential = fresh;
    }
    return this.#session;
  }

  async end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
  }

  /** Its end is not waited for: a server that hangs gives no answer to that either. */
  #forget(): void {
    const session = this.#session;
    this.#session = undefined;
    void session?.end().catch(() => undefined);
  }
}

/** SQLSTATEs of a database in which the schema or one of its functions is missing, or not allowed to this user. */
const NOT_SET_UP = /^(3F000|42883|42P01|42501)$/;

function whyOf(error: unknown): string {
  if (error instanceof LoginRefused || error instanceof DatabaseUnreachable) return sentenceOf(error);
  if (NOT_SET_UP.test(codeOf(error))) {
    return `the database was not set up for it; deploy again. (${sentenceOf(error)})`;
  }
  return sentenceOf(error);
}

function statusOf(row: Row): DatabaseStatus {
  return {
    inRecovery: bool(row.in_recovery),
    clockMs: number(row.clock_ms),
    timeline: optional(row.timeline, number),
    lsn: text(row.lsn),
    receiveLsn: optional(row.receive_lsn, text),
    streaming: bool(row.streaming),
    heartbeatMs: optional(row.heartbeat_ms, number),
    lease: {
      epoch: number(row.lease_epoch),
      version: number(row.lease_version),
      limitMs: number(row.lease_limit_ms),
      closed: bool(row.lease_closed),
      timeline: number(row.lease_timeline),
    },
    enforcedAgoSeconds: optional(row.enforced_ago_seconds, number),
    enforceSeconds: number(row.enforce_seconds),
    fencedSessions: number(row.fenced_sessions),
    // A function of an earlier version does not know.
    ...(row.archive_missing === undefined ? {} : { archiveMissing: bool(row.archive_missing) }),
  };
}

/** `pg` gives 64-bit numbers as texts. */
function number(value: unknown): number {
  const found = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  throw new TypeError(`${JSON.stringify(value) ?? 'nothing'} is no number.`);
}

function bool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${JSON.stringify(value) ?? 'nothing'} is neither true nor false.`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${JSON.stringify(value) ?? 'nothing'} is no text.`);
}

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null ? null : read(value);
