/** Tokens for Grafana's HTTP API. */
export interface Tokens {
  /** @returns a token that ends by itself after `seconds`, and with it the means to delete it before */
  create(seconds: number): Promise<Token>;
}
export interface Token {
  readonly key: string;
  /** Nobody can use it afterwards. Deleting one that is gone is no error. */
  delete(): Promise<void>;
}

/** A file in S3. */
export interface Files {
  read(bucket: string, key: string): Promise<string>;
}

/** Parameters of Systems Manager. */
export interface Parameters {
  /** @returns undefined if there is no such parameter */
  read(region: string, name: string): Promise<string | undefined>;
  /** In the function's own region. */
  write(name: string, value: string): Promise<void>;
  /** In the function's own region; one that is gone is no error. */
  delete(name: string): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}
/** One request, without repetition. It rejects when there is no answer, or none until the signal is aborted. */
export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Everything that the function needs of the world. */
export interface World {
  readonly tokens: (workspaceId: string) => Tokens;
  readonly files: Files;
  readonly parameters: Parameters;
  readonly http: Http;
  /** Scheme and host of a workspace. */
  readonly base: (endpoint: string) => string;
}
