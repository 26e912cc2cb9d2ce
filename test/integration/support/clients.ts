import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'pg';
import { APP, DATABASE, type FencedServer } from '../../support/fence';

/** Each process of the application has one pool for each server, which its clients share. */
const PROCESSES = 5;
const POOL = { max: 5, connectionTimeoutMillis: 2_000, query_timeout: 3_000, allowExitOnIdle: true } as const;
/** Pauses of a client in milliseconds: after a write, and when both servers have refused it. */
const AFTER_WRITE_MS = 60;
const BOTH_REFUSED_MS = 300;
/** Every so many-th client tries the other server after each write, though nothing has refused it. */
const RESTLESS_EACH = 4;
/** Every so many-th client keeps its transactions open for a while. */
const SLOW_EACH = 10;
const SLOW_MS = 200;

/** The table that they fill, and the number of a row tells which write it is. */
export const WRITTEN = `CREATE TABLE public.written (
  id int PRIMARY KEY, server int NOT NULL, epoch bigint NOT NULL, began timestamptz NOT NULL)`;
const WRITE = `INSERT INTO written
  SELECT $1, inet_server_port(), (SELECT epoch FROM holdfast.lease), statement_timestamp()`;

/** A write that was acknowledged. */
export interface Acknowledged {
  /** Of the server that acknowledged it. */
  readonly port: number;
  /** By this process's clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** Its commit is not beyond this position of the log; undefined if the server said no more. */
  position: string | undefined;
}

/**
 * Clients that write through pools as fast as they are let, connect again at once, and know nothing of leadership or DNS:
 * they try the other server whenever one refuses them, and some of them all the time.
 */
export class Clients {
  /** Number of the write -> what the server said. */
  readonly acknowledged = new Map<number, Acknowledged>();
  private issued = 0;
  private stopped = false;
  private readonly pools: Pool[] = [];
  private readonly running: Promise<void>[];

  constructor(
    servers: readonly FencedServer[],
    readonly count: number,
  ) {
    const processes = Array.from({ length: PROCESSES }, () => servers.map((server) => this.pool(server)));
    this.running = Array.from({ length: count }, (_, index) =>
      this.client(processes[index % PROCESSES] ?? [], index),
    );
  }

  /** Writes that this server has acknowledged at or after a moment. */
  writesAt({ server: { port } }: FencedServer, sinceMs = 0): number {
    return [...this.acknowledged.values()].filter((one) => one.port === port && one.atMs >= sinceMs).length;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
    await Promise.all(this.pools.splice(0).map((pool) => pool.end()));
  }

  private pool({ server: { host, port } }: FencedServer): Pool {
    const { username: user, password } = APP;
    const pool = new Pool({ ...POOL, host, port, user, password, database: DATABASE });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    this.pools.push(pool);
    return pool;
  }

  private async client(pools: readonly Pool[], index: number): Promise<void> {
    for (let turn = 0, refusals = 0; !this.stopped; ) {
      const pool = pools[turn % pools.length];
      if (!pool) return;
      try {
        await this.write(pool, index % SLOW_EACH === 0);
        refusals = 0;
        if (index % RESTLESS_EACH === 0) turn += 1;
        await wait(AFTER_WRITE_MS);
      } catch {
        turn += 1;
        refusals += 1;
        if (refusals % pools.length === 0) await wait(BOTH_REFUSED_MS);
      }
    }
  }

  private async write(pool: Pool, slow: boolean): Promise<void> {
    const session = await pool.connect();
    let usable = false;
    try {
      this.issued += 1;
      const id = this.issued;
      if (slow) await session.query('BEGIN');
      await session.query(WRITE, [id]);
      if (slow) {
        await wait(SLOW_MS);
        await session.query('COMMIT');
      }
      const port = pool.options.port ?? 0;
      const said: Acknowledged = { port, atMs: Date.now(), position: undefined };
      this.acknowledged.set(id, said);
      const { rows } = await session.query<{ lsn: string }>(
        'SELECT pg_current_wal_insert_lsn()::text AS lsn',
      );
      said.position = rows[0]?.lsn;
      usable = true;
    } finally {
      session.release(!usable);
    }
  }
}
