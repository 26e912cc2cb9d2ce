/** etcd over its JSON gateway, as far as it is used here: the store in which either side keeps who leads. */

const CALL_MS = 3_000;

export interface Pair {
  readonly value: string;
  /** Lease that the key ends with; `0` or absent without one. */
  readonly lease: string | undefined;
}

/** What is said to a running etcd. */
export class EtcdClient {
  constructor(
    /** `http://host:port` */
    readonly endpoint: string,
  ) {}

  /** @returns undefined if there is no such key; never an old value */
  async get(key: string, signal?: AbortSignal): Promise<Pair | undefined> {
    const { kvs } = await this.#call('kv/range', { key: encoded(key) }, signal);
    const found: unknown = Array.isArray(kvs) ? kvs[0] : undefined;
    if (!isObject(found)) return undefined;
    return { value: decoded(found.value), lease: textOr(found.lease, undefined) };
  }

  async put(pairs: Readonly<Record<string, string>>): Promise<void> {
    await this.#call('kv/txn', { success: puts(pairs) });
  }

  /**
   * Writes all of the pairs if a key has a value.
   * @returns false if it has not
   */
  async putIf(
    key: string,
    value: string,
    pairs: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const compare = [{ key: encoded(key), target: 'VALUE', result: 'EQUAL', value: encoded(value) }];
    const { succeeded } = await this.#call('kv/txn', { compare, success: puts(pairs) }, signal);
    return succeeded === true;
  }

  /** @returns seconds that are left of a lease, whole ones; -1 if it has ended */
  async left(lease: string): Promise<number> {
    const { TTL } = await this.#call('lease/timetolive', { ID: lease });
    return Number(textOr(TTL, '0'));
  }

  async #call(path: string, body: unknown, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.endpoint}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(CALL_MS),
    });
    const said: unknown = await answer.json();
    if (!answer.ok || !isObject(said))
      throw new Error(`etcd answered ${answer.status}: ${JSON.stringify(said)}`);
    return said;
  }
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const decoded = (value: unknown): string => Buffer.from(textOr(value, ''), 'base64').toString();
const puts = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs).map(([key, value]) => ({ requestPut: { key: encoded(key), value: encoded(value) } }));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
