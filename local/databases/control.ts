import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Databases } from './manager';
import { Order, obey } from './orders';

/** The door through which the RDS API of the local AWS API asks for servers. */
export interface Control {
  /** Where to POST orders; nobody can guess it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on the loopback interface. An order is answered when it is done; one that fails, by 400 and a sentence. */
export async function startControl(databases: Databases): Promise<Control> {
  const path = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    void answer(databases, path, request).then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(databases: Databases, path: string, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST' || request.url !== path)
    return { status: 404, body: { message: 'Not here' } };
  try {
    await obey(databases, Order.parse(JSON.parse(await text(request))));
    return { status: 200, body: {} };
  } catch (error) {
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') failed(new Error('The server has no port.'));
      else done(address.port);
    });
  });
}
