import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { askAll, NotAnswering } from '../../../lambda/canary/ask';
import { ENVIRONMENT } from '../../../lambda/canary/contract';
import type { GetStatus } from '../../../lambda/runtime/health';
import { bundle } from '../../../lib/functions/bundle';
import { FakeClock } from '../../support/fake-clock';
import { freePort } from '../../support/free-port';

const PUBLIC = 'https://shop.example.com/health';
const HOME = 'https://home.shop.example.com/health';

/** Asks, with the time going by that is waited before a second attempt. */
async function ask(urls: readonly string[], get: GetStatus): Promise<readonly string[]> {
  const clock = new FakeClock();
  const asked = askAll(urls, get, clock);
  // Whoever awaits it below gets the failure.
  asked.catch(() => {});
  await clock.advance(2_000);
  return asked;
}

describe('a canary', () => {
  it('is content when every name answers', async () => {
    await expect(ask([PUBLIC, HOME], async () => 200)).resolves.toEqual([
      `${PUBLIC} answers with HTTP 200.`,
      `${HOME} answers with HTTP 200.`,
    ]);
  });

  it('asks again before it says that a name does not answer', async () => {
    const statuses = [503, 200];
    await expect(ask([PUBLIC], async () => statuses.shift() ?? 0)).resolves.toHaveLength(1);
    expect(statuses).toEqual([]);
  });

  it('names every name that fails, and only those', async () => {
    const get: GetStatus = async (url) => (url === HOME ? 502 : 200);
    await expect(ask([PUBLIC, HOME], get)).rejects.toEqual(
      new NotAnswering([`${HOME} answers with HTTP 502.`]),
    );
  });

  it.each([404, 403, 429])('takes HTTP %s for a failure, as its users would', async (status) => {
    await expect(ask([PUBLIC], async () => status)).rejects.toBeInstanceOf(NotAnswering);
  });
});

describe('the script as Synthetics gets it', () => {
  let server: Server | undefined;
  const kept = process.env[ENVIRONMENT.targets];
  afterEach(async () => {
    jest.restoreAllMocks();
    if (kept === undefined) delete process.env[ENVIRONMENT.targets];
    else process.env[ENVIRONMENT.targets] = kept;
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    server = undefined;
  });
  /** The handler of the bundle, which is the text in the template. */
  const run = (targets: string): Promise<void> => {
    jest.spyOn(console, 'log').mockImplementation(() => {});
    process.env[ENVIRONMENT.targets] = targets;
    const { handler } = createRequire(__filename)(join(bundle('canary').directory, 'index.js')) as {
      handler: () => Promise<void>;
    };
    return handler();
  };

  it('passes where a server answers', async () => {
    server = createServer((request, response) =>
      response.writeHead(request.url === '/health' ? 200 : 404).end(),
    );
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(run(`http://127.0.0.1:${port}/health`)).resolves.toBeUndefined();
  });

  it('fails with the name where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}/health`;
    await expect(run(url)).rejects.toThrow(`${url} does not answer`);
  }, 20_000);
});
