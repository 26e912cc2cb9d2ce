import { Agent, request as ask, type RequestOptions } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
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
  /** Share of that time by which the first answer is older, 0 to 1: not all clients ask again at the same moment. */
  readonly age: number;
  /** A request without an answer is given up after this. */
  readonly timeoutMs: number;
}

/** Name of an ALB's cookie. */
const STICKY = 'AWSALB=';

interface Answer {
  readonly status: number;
  readonly body: { readonly region?: string; readonly epoch?: number; readonly found?: boolean };
}

/** What is asked for: a write of a row, or a read of one. */
export type Wish =
  | { readonly kind: 'write'; readonly id: string }
  | { readonly kind: 'read'; readonly id: string };

/** Until what failed is sent again, as clients wait that are written with care. */
const PAUSE_MS = 200;

/** Connections to where a name led at one time. */
interface Way {
  readonly destination: Destination;
  readonly agent: Agent;
  requests: number;
  /** The balancer's cookie. */
  cookie?: string;
}

/**
 * An application's client: it keeps connections and the answers of its resolver, stays on its target by the balancer's
 * cookie, and repeats once what failed and is harmless to repeat.
 *
 * When its resolver says another address it connects there anew and lets what is under way end. A client that never asks
 * again as long as a connection lives stays with the region that was left until that one closes the connection.
 */
export class LoadClient {
  private way: Way | undefined;
  private readonly left = new Set<Way>();
  private resolvedMs: number | undefined;

  constructor(private readonly options: ClientOptions) {}

  /** @returns one record for each time it was sent: one, or two */
  async send(wish: Wish, sideOf: (region: string) => Side | undefined): Promise<RequestRecord[]> {
    const first = await this.once(wish, sideOf, false);
    if (first.status === 200) return [first];
    await wait(PAUSE_MS);
    return [first, await this.once(wish, sideOf, true)];
  }

  stop(): void {
    for (const { agent } of [...this.left, ...(this.way ? [this.way] : [])]) agent.destroy();
  }

  private async once(
    wish: Wish,
    sideOf: (region: string) => Side | undefined,
    retried: boolean,
  ): Promise<RequestRecord> {
    const sentMs = Date.now();
    const way = this.where();
    const { status, body } = way ? await this.ask(way, wish) : { status: 0, body: {} };
    const by = body.region === undefined ? undefined : sideOf(body.region);
    const isGood = status === 200;
    return {
      client: this.options.number,
      kind: wish.kind,
      id: wish.id,
      sentMs,
      endedMs: Date.now(),
      ...(way ? { side: way.destination.side } : {}),
      status,
      ...(isGood && body.epoch !== undefined ? { epoch: body.epoch } : {}),
      ...(isGood && by !== undefined ? { by } : {}),
      ...(isGood && wish.kind === 'read' && body.found !== undefined ? { found: body.found } : {}),
      retried,
    };
  }

  private where(): Way | undefined {
    const { ttlMs, age, resolve } = this.options;
    const now = performance.now();
    if (this.way && this.resolvedMs !== undefined && now - this.resolvedMs < ttlMs) return this.way;
    const destination = resolve();
    this.resolvedMs = this.resolvedMs === undefined ? now - age * ttlMs : now;
    if (destination?.port === this.way?.destination.port) return this.way;
    if (this.way) this.leave(this.way);
    this.way = destination && { destination, agent: new Agent({ keepAlive: true }), requests: 0 };
    return this.way;
  }

  private leave(way: Way): void {
    if (way.requests === 0) way.agent.destroy();
    else this.left.add(way);
  }

  private async ask(way: Way, wish: Wish): Promise<Answer> {
    way.requests += 1;
    try {
      return await this.exchange(way, wish);
    } finally {
      way.requests -= 1;
      if (way.requests === 0 && this.left.delete(way)) way.agent.destroy();
    }
  }

  private exchange(way: Way, wish: Wish): Promise<Answer> {
    const { timeoutMs } = this.options;
    return new Promise((done) => {
      const fail = (): void => done({ status: 0, body: {} });
      const request = ask(this.requestFor(way, wish), (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', fail);
        response.on('end', () => {
          const cookie = response.headers['set-cookie']?.find((one) => one.startsWith(STICKY));
          if (cookie !== undefined) way.cookie = cookie.split(';')[0] ?? cookie;
          done({ status: response.statusCode ?? 0, body: parse(text) });
        });
      });
      const timer = setTimeout(() => request.destroy(new Error('No answer in time.')), timeoutMs);
      request.on('error', fail);
      request.on('close', () => clearTimeout(timer));
      request.end();
    });
  }

  private requestFor({ destination: { port }, agent, cookie }: Way, wish: Wish): RequestOptions {
    const { host, path, ca } = this.options;
    const isWrite = wish.kind === 'write';
    const headers = {
      host,
      [isWrite ? WRITE_HEADER : READ_HEADER]: wish.id,
      ...(cookie === undefined ? {} : { cookie }),
    };
    const method = isWrite ? 'POST' : 'GET';
    return { host: '127.0.0.1', port, servername: host, path, method, headers, ca, agent };
  }
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {};
  }
}
