/** How the read-back reaches one region of the local AWS API. */
export interface Region {
  readonly name: string;
  readonly account: string;
  readonly endpoint: string;
  /** Settings of an SDK client of this region. */
  readonly config: {
    readonly region: string;
    readonly endpoint: string;
    readonly maxAttempts: number;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

export function regionAt(endpoint: string, account: string, name: string): Region {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { name, account, endpoint, config: { region: name, endpoint, maxAttempts: 2, credentials } };
}

/**
 * Services whose SDK client the project does not carry are asked as their protocol says, by hand. The local AWS API
 * tells services apart by the signature's scope, and does not check signatures.
 */
async function ask(region: Region, service: string, path: string, init: RequestInit): Promise<Response> {
  const scope = `local/20260101/${region.name}/${service}/aws4_request`;
  const headers = new Headers(init.headers);
  headers.set('Authorization', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`);
  const answer = await fetch(`${region.endpoint}${path}`, { ...init, headers });
  if (!answer.ok) throw new Error(`${service} ${path} answers ${answer.status}: ${await answer.text()}`);
  return answer;
}

/** AWS JSON protocol. @param target for example `TrentService.ListKeys` */
export async function json<T>(
  region: Region,
  service: string,
  target: string,
  body: object = {},
): Promise<T> {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target };
  const answer = await ask(region, service, '/', { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as T;
}

/** REST protocol with JSON. */
export async function rest<T>(region: Region, service: string, path: string): Promise<T> {
  return (await (await ask(region, service, path, { method: 'GET' })).json()) as T;
}

/** Query protocol: the values of one element of the XML answer. */
export async function query(
  region: Region,
  service: string,
  parameters: Readonly<Record<string, string>>,
  element: string,
): Promise<string[]> {
  const body = new URLSearchParams(parameters);
  const text = await (await ask(region, service, '/', { method: 'POST', body })).text();
  return [...text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

/** All pages of a call. */
export async function pages<Page, Item>(
  call: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
  next: (page: Page) => string | null | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await call(token);
    found.push(...(items(page) ?? []));
    const following = next(page) || undefined;
    if (following === undefined) return found;
    if (following === token) throw new Error('A service hands out the same page again and again.');
    token = following;
  }
}

/** Values that are there. */
export const present = <T>(values: readonly (T | undefined)[]): T[] =>
  values.filter((value): value is T => value !== undefined);
