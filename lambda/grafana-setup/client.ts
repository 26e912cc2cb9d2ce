import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Http, HttpAnswer, HttpRequest } from './ports';

/**
 * Grafana's HTTP API. A workspace that was made a minute ago, or is being updated by AWS, refuses connections, answers 502
 * or takes long: such an answer is asked for again until the time is over. Any other refusal is final and says what Grafana
 * says.
 */

const ATTEMPT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const PAUSE_MS_MAX = 15_000;
/** A token that AWS has handed out is not known to every server of the workspace at once. */
const UNKNOWN_TOKEN_MS = 60_000;

/** Grafana said no, and would say so again. */
export class GrafanaRefused extends HoldfastError {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly said: string,
  ) {
    super(`Grafana answered ${method} ${path} with ${status}: ${said}`);
  }
}

/** No useful answer in the time that there was. */
export class GrafanaUnavailable extends HoldfastError {
  constructor(
    readonly seconds: number,
    readonly last: string,
  ) {
    super(`Grafana gave no useful answer for ${seconds} s. Last seen: ${last}`);
  }
}

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

export interface Connection {
  readonly http: Http;
  readonly clock: Clock;
  /** Scheme and host. */
  readonly base: string;
  readonly token: string;
  /** On the clock, in milliseconds: nothing is asked afterwards. */
  readonly deadline: number;
}

export class GrafanaClient {
  private readonly begun: number;

  constructor(private readonly connection: Connection) {
    this.begun = connection.clock.now();
  }

  /**
   * Asks until there is an answer that counts.
   * @param accepted codes beside those of success that the caller can work with, for example 404
   * @throws {GrafanaRefused} for every other answer, {GrafanaUnavailable} when the time is over
   */
  async ask(
    method: HttpRequest['method'],
    path: string,
    body?: unknown,
    accepted: readonly number[] = [],
  ): Promise<Answer> {
    const { clock, deadline } = this.connection;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, PAUSE_MS_MAX)) {
      const seen = await this.once(method, path, body);
      if (typeof seen !== 'string') {
        if (isSuccess(seen.status) || accepted.includes(seen.status)) return answerOf(seen);
        if (!this.mayPass(seen.status)) {
          throw new GrafanaRefused(method, path, seen.status, messageOf(seen));
        }
      }
      const last = typeof seen === 'string' ? seen : `${method} ${path}: ${seen.status} ${messageOf(seen)}`;
      if (clock.now() + pause >= deadline) throw new GrafanaUnavailable(this.seconds(), last);
      await clock.sleep(pause);
    }
  }

  /** @returns the answer, or a sentence about why there is none */
  private async once(
    method: HttpRequest['method'],
    path: string,
    body: unknown,
  ): Promise<HttpAnswer | string> {
    const { http, clock, base, token, deadline } = this.connection;
    const request: HttpRequest = {
      method,
      url: `${base}${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const milliseconds = Math.max(1, Math.min(ATTEMPT_MS, deadline - clock.now()));
    try {
      return await attempt(clock, milliseconds, `${method} ${path}`, (signal) => http(request, signal));
    } catch (error) {
      return sentenceOf(error);
    }
  }

  private mayPass(status: number): boolean {
    if (status === 429 || status >= 500) return true;
    return status === 401 && this.connection.clock.now() - this.begun < UNKNOWN_TOKEN_MS;
  }

  private seconds(): number {
    return Math.round((this.connection.clock.now() - this.begun) / 1000);
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const answerOf = ({ status, body }: HttpAnswer): Answer => ({ status, json: parsed(body) });

/** A proxy in front of Grafana answers in HTML. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const MESSAGE_MAX = 300;
function messageOf({ body }: HttpAnswer): string {
  const message = field(parsed(body), 'message');
  const text = typeof message === 'string' ? message : body.replaceAll(/<[^>]*>|\s+/g, ' ').trim();
  return text.slice(0, MESSAGE_MAX) || 'it said nothing';
}

/** @returns a field of a JSON object; undefined if there is none, or no object */
export const field = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).find(([key]) => key === name)?.[1]
    : undefined;
