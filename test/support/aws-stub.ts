import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
export interface StubAnswer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Plays the wire protocol of one AWS service, where the local AWS API cannot show what a test is about. */
export interface AwsStub {
  readonly endpoint: string;
  readonly requests: readonly StubRequest[];
  stop(): Promise<void>;
}

export async function startAwsStub(answer: (request: StubRequest) => StubAnswer): Promise<AwsStub> {
  const requests: StubRequest[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (text) => {
      body += text;
    });
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body };
      requests.push(request);
      const { status, body: text, type = 'application/x-amz-json-1.0' } = answer(request);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
