import { Agent, request as ask } from 'node:https';
import type { RequestRecord, Side } from '../drill/model';
import { READ_HEADER, WRITE_HEADER } from '../tasks/sample-contract';

/** Where a name leads at this moment, as a fresh resolver sees it. */
export interface Destination {
  readonly side: Side;
  /** On the loopback interface, over the network. */
  readonly port: number;
}

export interface ClientOptions {
  readonly number: number;
  readonly host: string;
  readonly path: string;
  /** What the balancer's certificate is trusted by, in PEM. */
  readonly ca: string;
  readonly resolve: () => Destination | undefined;
  /** How long an answer of the resolver is kept, in milliseconds. */
  readonly ttlMs: number;
  /** A request without an answer is given up after this. */
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly region?: string; readonly epoch?: number };
}

/** What is asked for: a write of a row, or a read of one. */
export type Wish =
  | { readonly kind: 'write'; readonly id: string }
  | { readonly kind: 'read'; readonly id: string };

/**
 * An application's client: it keeps connections and the answers of its resolver, as real ones do, stays on its target by
 * the balancer's cookie, and repeats once what failed and is harmless to repeat.
 */
export class LoadClient {
  private agent = new Agent({ keepAlive: true });
  private destination: Destination | undefined;
  private resolvedMs = Number.NEGATIVE_INFINITY;
  private cookie: string | undefined;

  constructor(private readonly options: ClientOptions) {}

  /** @returns one record for each time it was sent: one, or two */
  async send(wish: Wish, sideOf: (region: string) => Side | undefined): Promise<RequestRecord[]> {
    const first = await this.once(wish, sideOf, false);
    return first.status === 200 ? [first] : [first, await this.once(wish, sideOf, true)];
  }

  stop(): void {
    this.agent.destroy();
  }

  private async once(
    wish: Wish,
    sideOf: (region: string) => Side | undefined,
    retried: boolean,
  ): Promise<RequestRecord> {
    const sentMs = Date.now();
    const destination = this.where();
    const { status, body } = destination ? await this.ask(destination, wish) : { status: 0, body: {} };
    const by = body.region === undefined ? undefined : sideOf(body.region);
    const isAcknowledged = wish.kind === 'write' && status === 200;
    return {
      client: this.options.number,
      kind: wish.kind,
      ...(wish.kind === 'write' ? { id: wish.id } : {}),
      sentMs,
      endedMs: Date.now(),
      ...(destination ? { side: destination.side } : {}),
      status,
      ...(isAcknowledged && body.epoch !== undefined ? { epoch: body.epoch } : {}),
      ...(isAcknowledged && by !== undefined ? { by } : {}),
      retried,
    };
  }

  private where(): Destination | undefined {
    const now = performance.now();
    if (this.destination && now - this.resolvedMs < this.options.ttlMs) return this.destination;
    const found = this.options.resolve();
    this.resolvedMs = now;
    if (found?.port !== this.destination?.port) {
      // Connections to where the name led before are of no use any more.
      this.agent.destroy();
      this.agent = new Agent({ keepAlive: true });
      this.cookie = undefined;
    }
    this.destination = found;
    return found;
  }

  private ask({ port }: Destination, wish: Wish): Promise<Answer> {
    const { host, path, ca, timeoutMs } = this.options;
    const headers = {
      host,
      [wish.kind === 'write' ? WRITE_HEADER : READ_HEADER]: wish.id,
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
    };
    const method = wish.kind === 'write' ? 'POST' : 'GET';
    return new Promise((done) => {
      const options = {
        host: '127.0.0.1',
        port,
        servername: host,
        path,
        method,
        headers,
        ca,
        agent: this.agent,
      };
      const request = ask(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', () => done({ status: 0, body: {} }));
        response.on('end', () => {
          this.cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? this.cookie;
          done({ status: response.statusCode ?? 0, body: parse(text) });
        });
      });
      const timer = setTimeout(() => request.destroy(new Error('No answer in time.')), timeoutMs);
      request.on('error', () => done({ status: 0, body: {} }));
      request.on('close', () => clearTimeout(timer));
      request.end();
    });
  }
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {};
  }
}
