import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a function ends, as Lambda tells its caller. */
export interface Ending {
  readonly payload: string;
  /** `Unhandled` where the function threw. */
  readonly error?: string;
  readonly status?: number;
  /** Name of an error of Lambda itself. */
  readonly refusal?: string;
}

export interface Invocation {
  readonly region: string;
  readonly name: string;
  readonly payload: unknown;
}

export interface LambdaServer {
  readonly url: string;
  readonly invocations: Invocation[];
  stop(): Promise<void>;
}

/** Plays Lambda's Invoke on loopback: the local AWS API runs functions only in containers. */
export async function startLambdaServer(
  run: (invocation: Invocation) => Promise<Ending>,
): Promise<LambdaServer> {
  const invocations: Invocation[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
    if (request.method !== 'POST' || name === undefined) {
      response.writeHead(400).end();
      return;
    }
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const invocation = { region, name, payload: JSON.parse(Buffer.concat(parts).toString()) as unknown };
    invocations.push(invocation);
    const { payload, error, status = 200, refusal } = await run(invocation);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(error === undefined ? {} : { 'x-amz-function-error': error }),
      ...(refusal === undefined ? {} : { 'x-amzn-errortype': refusal }),
    });
    response.end(payload);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    invocations,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
