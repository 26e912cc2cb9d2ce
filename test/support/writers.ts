import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';

/**
 * An application that never gives up: each of its writers inserts rows as fast as it can, one transaction each, and
 * connects again at once when its session ends.
 */
export class Writers {
  /** Rows whose insert the server has acknowledged. */
  acknowledged = 0;
  /** SQLSTATE of what was refused, or the error's name -> how often. */
  readonly refused = new Map<string, number>();
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor(
    private readonly connect: () => Promise<Client>,
    count: number,
    private readonly table = 'orders',
  ) {
    this.#running = Array.from({ length: count }, () => this.#write());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  /** @returns how many rows were acknowledged in the next so many milliseconds */
  async during(milliseconds: number): Promise<number> {
    const before = this.acknowledged;
    await wait(milliseconds);
    return this.acknowledged - before;
  }

  async #write(): Promise<void> {
    let client: Client | undefined;
    while (!this.#stopped) {
      try {
        client ??= await this.connect();
        await client.query(`INSERT INTO ${this.table} (note) VALUES ('written')`);
        this.acknowledged += 1;
      } catch (error) {
        this.#count(error);
        void client?.end().catch(() => undefined);
        client = undefined;
        await wait(5);
      }
    }
    await client?.end().catch(() => undefined);
  }

  #count(error: unknown): void {
    const code = codeOf(error);
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }
}

/** @returns the SQLSTATE of an error, or its name */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.name) : '';

/** @returns the SQLSTATE with which the statement is refused; `done` if it is not */
export async function outcomeOf(client: Client, sql: string): Promise<string> {
  try {
    await client.query(sql);
    return 'done';
  } catch (error) {
    return codeOf(error);
  }
}
