import type { RequestRecord, Side } from '../drill/model';
import { type ClientOptions, LoadClient } from './client';

export interface LoadOptions extends Omit<ClientOptions, 'number'> {
  readonly clients: number;
  /** Requests a second of all clients together, whether earlier ones have been answered or not. */
  readonly perSecond: number;
  /** Share of the requests that write: 0 to 1. */
  readonly writes: number;
  readonly sideOf: (region: string) => Side | undefined;
}

/**
 * Clients that ask at a rate of their own, as users do, and do not slow down when the answers do. Every request and what
 * became of it is kept.
 */
export class Load {
  readonly records: RequestRecord[] = [];
  private readonly clients: readonly LoadClient[];
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private begun = 0;
  private sent = 0;

  constructor(private readonly options: LoadOptions) {
    this.clients = Array.from(
      { length: options.clients },
      (_, number) => new LoadClient({ ...options, number }),
    );
  }

  start(): void {
    this.begun = performance.now();
    this.timer = setInterval(() => this.due(), 5);
  }

  /** Ends the load when what is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    for (const client of this.clients) client.stop();
  }

  /** Sends all that should have been sent by now. */
  private due(): void {
    const until = ((performance.now() - this.begun) * this.options.perSecond) / 1000;
    while (this.sent < until) this.send();
  }

  private send(): void {
    const { writes, sideOf } = this.options;
    const number = this.sent;
    this.sent += 1;
    const client = this.clients[number % this.clients.length];
    // Spread evenly, the same in each run.
    const isWrite = Math.floor((number + 1) * writes) > Math.floor(number * writes);
    const id = isWrite ? `w${number}` : `w${Math.max(0, number - 50)}`;
    const request = client?.send({ kind: isWrite ? 'write' : 'read', id }, sideOf).then((records) => {
      this.records.push(...records);
    });
    if (!request) return;
    this.underWay.add(request);
    void request.finally(() => this.underWay.delete(request));
  }
}
