import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { APP, DATABASE } from '../../test/support/fence';

/** A write that a server has acknowledged, in milliseconds of this process's monotonic clock. */
export interface Acknowledged {
  readonly id: number;
  readonly port: number;
  readonly atMs: number;
}

const WRITE = 'INSERT INTO written VALUES ($1, clock_timestamp())';
/** As libpq asks for `target_session_attrs=read-write`. */
const TAKES_WRITES = `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS yes`;
const CONNECT_MS = 2_000;
const ANSWER_MS = 3_000;
/** Pauses of a writer in milliseconds: after a write, and when all servers have refused it. */
const AFTER_WRITE_MS = 10;
const REFUSED_MS = 50;

/** Numbers of writes, of which no two are the same. */
export class Ledger {
  readonly acknowledged: Acknowledged[] = [];
  #issued = 0;

  next(): number {
    this.#issued += 1;
    return this.#issued;
  }

  /** @returns the first that a server has acknowledged at or after a moment */
  first(port: number, sinceMs = 0): Acknowledged | undefined {
    return this.acknowledged.find((one) => one.port === port && one.atMs >= sinceMs);
  }
}

/**
 * Clients that each write over one connection as fast as they are let. They know the servers' addresses and nothing of who
 * leads: after any error they try one server after the other until one takes writes, and begin anew.
 */
export class Writers {
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor(
    private readonly ledger: Ledger,
    private readonly ports: readonly number[],
    count: number,
  ) {
    this.#running = Array.from({ length: count }, () => this.#client());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #client(): Promise<void> {
    for (let at = 0; !this.#stopped; at += 1) {
      const port = this.ports[at % this.ports.length];
      if (port === undefined) return;
      await this.#writeTo(port);
      if (at % this.ports.length === this.ports.length - 1) await wait(REFUSED_MS);
    }
  }

  /** Until it fails: then the server has gone, or takes no writes. */
  async #writeTo(port: number): Promise<void> {
    const { username: user, password } = APP;
    const client = new Client({
      ...{ host: '127.0.0.1', port, user, password, database: DATABASE },
      ...{ connectionTimeoutMillis: CONNECT_MS, query_timeout: ANSWER_MS },
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ yes: boolean }>(TAKES_WRITES);
      while (rows[0]?.yes === true && !this.#stopped) {
        const id = this.ledger.next();
        await client.query(WRITE, [id]);
        this.ledger.acknowledged.push({ id, port, atMs: performance.now() });
        await wait(AFTER_WRITE_MS);
      }
    } catch {
      // Whatever it was, the next server is tried.
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
