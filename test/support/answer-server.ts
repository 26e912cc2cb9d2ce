import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes the answers of custom resources in the place of CloudFormation. */
export interface AnswerServer {
  readonly url: string;
  /** What was put, oldest first. */
  readonly answers: readonly Record<string, unknown>[];
  stop(): Promise<void>;
}

export async function startAnswerServer(): Promise<AnswerServer> {
  const answers: Record<string, unknown>[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      answers.push(JSON.parse(body));
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
