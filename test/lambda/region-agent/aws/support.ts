import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach } from '@jest/globals';
import { type Clock, systemClock } from '../../../../lambda/runtime/clock';
import { type AwsStub, type StubAnswer, type StubRequest, startAwsStub } from '../../../support/aws-stub';

/** On this clock a deadline of three seconds takes one, so that a test of it is short and a busy machine still in time. */
export const FAST: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 3, signal),
};

type Answer = (request: StubRequest, parameters: URLSearchParams) => StubAnswer;

/** What a test tells one AWS service to answer, and what it heard. */
export interface Played {
  /** Answers from now on; forgets what was heard. */
  play(answer: Answer): void;
  /** Takes connections from now on, and never answers. */
  hang(): void;
  readonly requests: readonly StubRequest[];
  /** Of requests in the query protocol. */
  readonly parameters: readonly Record<string, string>[];
}

/**
 * Plays an AWS service for the tests of a file.
 * @param service as in the SDK's variable AWS_ENDPOINT_URL_<service>
 */
export function usePlayedService(service: string): Played {
  const variable = `AWS_ENDPOINT_URL_${service}`;
  let stub: AwsStub;
  let deaf: Deaf;
  let answer: Answer;
  let first = 0;
  beforeEach(async () => {
    process.env.AWS_ACCESS_KEY_ID = 'local';
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
    answer = () => ({ status: 500, body: '' });
    first = 0;
    stub = await startAwsStub((request) => answer(request, new URLSearchParams(request.body)));
    deaf = await startDeaf();
    process.env[variable] = stub.endpoint;
  });
  afterEach(async () => {
    delete process.env[variable];
    await stub.stop();
    await deaf.stop();
  });
  return {
    play(given) {
      answer = given;
      first = stub.requests.length;
      process.env[variable] = stub.endpoint;
    },
    hang() {
      process.env[variable] = deaf.endpoint;
    },
    get requests() {
      return stub.requests.slice(first);
    },
    get parameters() {
      return stub.requests.slice(first).map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    },
  };
}

interface Deaf {
  readonly endpoint: string;
  stop(): Promise<void>;
}

async function startDeaf(): Promise<Deaf> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const XML = 'text/xml';

/** An answer in the query protocol: of RDS, EC2 and SNS. */
export const xml = (action: string, result: string): StubAnswer => ({
  status: 200,
  type: XML,
  body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
});

export const xmlError = (code: string, message: string, status = 400): StubAnswer => ({
  status,
  type: XML,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/** An answer in the JSON protocols: of ECS, Secrets Manager, Application Auto Scaling. */
export const json = (body: unknown): StubAnswer => ({ status: 200, body: JSON.stringify(body) });

export const jsonError = (code: string, message: string, status = 400): StubAnswer => ({
  status,
  body: JSON.stringify({ __type: code, message }),
});

/** @returns the action that a request of a JSON protocol asks for */
export const actionOf = ({ headers }: StubRequest): string =>
  String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1) ?? '';

/** @returns the region that a request was signed for */
export const regionOf = ({ headers }: StubRequest): string | undefined =>
  /Credential=[^/]+\/\d+\/([^/]+)\//.exec(String(headers.authorization))?.[1];
