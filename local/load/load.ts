import type { RequestRecord, Side } from '../drill/model';
import { type ClientOptions, LoadClient, type Wish } from './client';

export interface LoadOptions extends Omit<ClientOptions, 'number' | 'age'> {
  readonly clients: number;
  /** Requests a second of all clients together, whether earlier ones have been answered or not. */
  readonly perSecond: number;
  /** Share of the requests that write: 0 to 1. */
  readonly writes: number;
  readonly sideOf: (region: string) => Side | undefined;
  /** Begins the name of every row that is written: the same as in no other load on the same table. */
  readonly prefix: string;
}

/** A row is read by its name so many writes after it was written. */
const READ_AFTER_WRITES = 25;

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
  private written = 0;

  constructor(private readonly options: LoadOptions) {
    this.clients = Array.from(
      { length: options.clients },
      (_, number) => new LoadClient({ ...options, number, age: number / options.clients }),
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
    const number = this.sent;
    this.sent += 1;
    const client = this.clients[number % this.clients.length];
    const request = client?.send(this.wish(number), this.options.sideOf).then((records) => {
      this.records.push(...records);
    });
    if (!request) return;
    this.underWay.add(request);
    void request.finally(() => this.underWay.delete(request));
  }

  /** Reads and writes are spread evenly, the same in each run. */
  private wish(number: number): Wish {
    const { writes, prefix } = this.options;
    if (Math.floor((number + 1) * writes) === Math.floor(number * writes))
      return { kind: 'read', id: `${prefix}${Math.max(0, this.written - READ_AFTER_WRITES)}` };
    this.written += 1;
    return { kind: 'write', id: `${prefix}${this.written}` };
  }
}
