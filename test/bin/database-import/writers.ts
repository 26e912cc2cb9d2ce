import { Client, type ClientConfig } from 'pg';

/**
 * Clients of the application that write all the time, wherever they are let: first at the old server, and at the new one
 * as soon as that takes writes. They remember what was acknowledged, and know nothing of an import.
 */
export class Writers {
  /** Notes of orders whose commit was acknowledged. */
  readonly acknowledged: string[] = [];
  /** Between two acknowledged writes of anybody, in milliseconds. */
  longestGapMs = 0;
  private lastMs = performance.now();
  private stopped = false;
  private readonly loops: Promise<void>[] = [];

  constructor(servers: readonly ClientConfig[], count = 3) {
    for (let writer = 0; writer < count; writer += 1) this.loops.push(this.write(writer, servers));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
  }

  private async write(writer: number, servers: readonly ClientConfig[]): Promise<void> {
    for (let at = 0, n = 0; !this.stopped; at += 1) {
      const client = new Client({ ...servers[at % servers.length], connectionTimeoutMillis: 2_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        for (; !this.stopped; n += 1) {
          const note = `writer ${writer} order ${n} ${at}`;
          await client.query('INSERT INTO public.orders (note) VALUES ($1)', [note]);
          this.acknowledge(note);
          await client.query("UPDATE public.orders SET note = note || '' WHERE id = $1", [1 + (n % 100)]);
        }
      } catch {
        // Refused here: the next server is asked.
        n += 1;
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  private acknowledge(note: string): void {
    const now = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, now - this.lastMs);
    this.lastMs = now;
    this.acknowledged.push(note);
  }
}
