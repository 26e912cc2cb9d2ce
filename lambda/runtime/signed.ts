import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { HoldfastError } from './errors';

/** What AWS answered that is no success. */
export class Refused extends HoldfastError {
  constructor(
    /** As AWS names it, for example `ValidationException`. */
    override readonly name: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

type Config = ConstructorParameters<typeof SignatureV4>[0];
type Bytes = string | ArrayBuffer | ArrayBufferView;

interface Hashing {
  update(data: string | Uint8Array): unknown;
  digest(): Uint8Array;
}

/** The hash that signatures are made with, by Node's own. */
class Sha256 {
  private hash: Hashing;

  constructor(private readonly secret?: Bytes) {
    this.hash = this.fresh();
  }

  private fresh(): Hashing {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.secret));
  }

  update(data: Bytes): void {
    this.hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.fresh();
  }
}

function bytes(data: Bytes): Uint8Array | string {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export interface SignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Service {
  /** As in a signature, for example `fis`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Config['credentials'];
  /** Another endpoint than that of AWS. */
  readonly endpoint: string | undefined;
}

/**
 * Asks a service of AWS that speaks JSON over REST and has no client here.
 * @returns its answer, as JSON
 * @throws Refused for what is no success; whatever `fetch` throws if nothing answers
 */
export async function ask(
  { service, region, credentials, endpoint }: Service,
  { method, path, query = {}, body }: SignedRequest,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const base = new URL(endpoint ?? `https://${service}.${region}.amazonaws.com`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method,
    protocol: base.protocol,
    hostname: base.hostname,
    path,
    query: { ...query },
    headers: { host: base.host, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(text === undefined ? {} : { body: text }),
  });
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const { host: _host, ...sent } = headers;
  const answer = await fetch(url, {
    method,
    headers: sent,
    signal: abortSignal,
    ...(text === undefined ? {} : { body: text }),
  });
  const said = await answer.text();
  if (answer.ok) return said === '' ? {} : JSON.parse(said);
  throw refusal(answer, said);
}

function refusal({ status, headers }: Response, said: string): Refused {
  // The header may hold an address behind the name. Without one the answer itself may say it, under one of two names.
  const named = (headers.get('x-amzn-errortype') ?? textIn(said, '__type', 'ErrorCode'))?.split(/[:#]/)[0];
  const name = named ?? (status === 403 ? 'AccessDenied' : `${status}`);
  return new Refused(name, status, textIn(said, 'message', 'Message') ?? `AWS answered ${status}.`);
}

/** @returns the first of the fields that an answer has as a text */
function textIn(said: string, ...fields: readonly string[]): string | undefined {
  try {
    const value: unknown = JSON.parse(said);
    if (typeof value !== 'object' || value === null) return undefined;
    const found = new Map<string, unknown>(Object.entries(value));
    return fields.map((field) => found.get(field)).find((one): one is string => typeof one === 'string');
  } catch {
    return undefined;
  }
}
