import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { handler } from '../../../lambda/prober/handler';
import { Probe, UnknownSide } from '../../../lambda/prober/probe';
import { systemClock } from '../../../lambda/runtime/clock';
import { askHealth, type GetStatus, getStatus } from '../../../lambda/runtime/health';
import { FakeClock } from '../../support/fake-clock';
import { freePort } from '../../support/free-port';

const URLS = { home: 'https://home.shop/health', standby: 'none' };

describe('the prober', () => {
  it('asks the side that it is asked for', async () => {
    const probe = new Probe(URLS, async () => 200, new FakeClock());
    await expect(probe.ask({ side: 'home' })).resolves.toEqual({
      answers: true,
      sentence: 'https://home.shop/health answers with HTTP 200.',
    });
  });

  it('gives several agents one answer for 3 s, and asks again afterwards', async () => {
    const clock = new FakeClock();
    const statuses = [200, 503];
    let asked = 0;
    const probe = new Probe(URLS, async () => statuses[asked++] ?? 0, clock);
    const both = await Promise.all([probe.ask({ side: 'home' }), probe.ask({ side: 'home' })]);
    expect(both.map(({ answers }) => answers)).toEqual([true, true]);
    await clock.advance(2_999);
    await expect(probe.ask({ side: 'home' })).resolves.toMatchObject({ answers: true });
    expect(asked).toBe(1);
    await clock.advance(1);
    await expect(probe.ask({ side: 'home' })).resolves.toMatchObject({ answers: false });
  });

  it('keeps the answers of the two sides apart', async () => {
    const get: GetStatus = async (url) => (url.includes('home') ? 200 : 503);
    const probe = new Probe({ ...URLS, standby: 'https://standby.shop/health' }, get, new FakeClock());
    await expect(probe.ask({ side: 'home' })).resolves.toMatchObject({ answers: true });
    await expect(probe.ask({ side: 'standby' })).resolves.toMatchObject({ answers: false });
  });

  it('refuses a side that there is not', async () => {
    const probe = new Probe(URLS, async () => 200, new FakeClock());
    // As it would come from outside, where nobody checks types.
    const wrong = JSON.parse('{"side":"toString"}');
    await expect(probe.ask(wrong)).rejects.toThrow(UnknownSide);
    await expect(probe.ask(wrong)).rejects.toThrow('must be home or standby, but is "toString"');
  });
});

describe('an application', () => {
  it('that gives no answer within 3 s does not answer', async () => {
    const clock = new FakeClock();
    const asking = askHealth(clock, () => new Promise(() => undefined), 'https://home.shop/health');
    await clock.advance(3_000);
    await expect(asking).resolves.toEqual({
      answers: false,
      sentence:
        'https://home.shop/health does not answer: https://home.shop/health gave no answer within 3 s.',
    });
  });

  it('is not known without a health path that can be asked, and nobody is asked', async () => {
    const get: GetStatus = () => Promise.reject(new Error('asked'));
    await expect(askHealth(new FakeClock(), get, 'none')).rejects.toThrow(
      'The platform has no health path that can be asked from outside.',
    );
  });

  it.each([403, 429])('is not known if a firewall may have answered with %i', async (status) => {
    const asked = askHealth(new FakeClock(), async () => status, 'https://home.shop/health');
    await expect(asked).rejects.toThrow(`answers with HTTP ${status}. That may be a firewall's answer.`);
  });
});

describe('over HTTP', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(status: number): Promise<string> {
    server = createServer((_, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end('well'),
    );
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
  }

  it.each([200, 301, 503])('an answer with %d is what it is, without being followed', async (status) => {
    await expect(getStatus(await serve(status), AbortSignal.timeout(3_000))).resolves.toBe(status);
  });

  it('a connection that is refused is no answer, and the sentence says so', async () => {
    const url = `http://127.0.0.1:${await freePort()}/health`;
    const health = await askHealth(systemClock, getStatus, url);
    expect(health.answers).toBe(false);
    expect(health.sentence).toContain('ECONNREFUSED');
  });

  it('the function answers an agent', async () => {
    process.env.HOME_URL = await serve(204);
    process.env.STANDBY_URL = 'none';
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      await expect(handler({ side: 'home' })).resolves.toMatchObject({ answers: true });
      await expect(handler({ side: 'standby' })).rejects.toThrow('no health path');
      expect(log).toHaveBeenCalledTimes(1);
    } finally {
      log.mockRestore();
      delete process.env.HOME_URL;
      delete process.env.STANDBY_URL;
    }
  });
});
