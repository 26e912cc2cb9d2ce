import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server answers one request: a status with headers, or not at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  | 'hang';

/** A server on the loopback interface with a script of answers; the last one is repeated. */
export interface Endpoint {
  readonly url: string;
  /** Bodies, oldest first, with when each came in milliseconds. */
  readonly requests: readonly {
    readonly path: string;
    readonly body: Record<string, unknown>;
    readonly atMs: number;
  }[];
  answerWith(...answers: Answer[]): void;
  stop(): Promise<void>;
}

export async function startEndpoint(...first: Answer[]): Promise<Endpoint> {
  let script: Answer[] = first;
  const requests: { path: string; body: Record<string, unknown>; atMs: number }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      requests.push({ path: request.url ?? '', body: JSON.parse(body), atMs: performance.now() });
      const answer = (script.length > 1 ? script.shift() : script[0]) ?? { status: 200, text: 'ok' };
      if (answer === 'hang') return;
      response.writeHead(answer.status, answer.headers).end(answer.text ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith: (...answers) => {
      script = answers;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
