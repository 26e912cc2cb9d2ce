import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import type { FencedServer } from '../../support/fence';

const EACH_MS = 20;

/** A server was open at a moment of its own clock, which is the clock of this machine. */
export interface OpenAt {
  readonly port: number;
  readonly ms: number;
}

/** Asks each server every 20 ms whether its fence is open, with a session that the fence does not concern. */
export class Watcher {
  readonly open: OpenAt[] = [];
  samples = 0;
  private stopped = false;
  private readonly running: Promise<void>[];

  constructor(servers: readonly FencedServer[]) {
    this.running = servers.map((server) => this.watch(server));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async watch(server: FencedServer): Promise<void> {
    let client: Client | undefined;
    while (!this.stopped) {
      try {
        client ??= await server.as();
        await this.sample(client, server.server.port);
      } catch {
        void client?.end().catch(() => undefined);
        client = undefined;
      }
      await wait(EACH_MS);
    }
    await client?.end().catch(() => undefined);
  }

  /** The clock is read first: a server that is stopped between the two was open then. */
  private async sample(client: Client, port: number): Promise<void> {
    const { rows } = await client.query<{ ms: string; open: boolean }>(
      'SELECT holdfast.now_ms() AS ms, holdfast.is_open() AS open',
    );
    this.samples += 1;
    for (const { ms, open } of rows) if (open) this.open.push({ port, ms: Number(ms) });
  }
}
