import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeAuthority } from '../../../local/certificate';
import type { Side } from '../../../local/drill/model';
import { LoadClient, type Wish } from '../../../local/load/client';
import { Load } from '../../../local/load/load';
import { until } from '../until';

const HOST = 'ops.example.com';
const authority = makeAuthority();
const WRITE: Wish = { kind: 'write', id: 'w1' };
const sideOf = (region: string): Side | undefined =>
  region === 'us-east-1' ? 'home' : region === 'us-west-2' ? 'standby' : undefined;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const good =
  (region: string): Answer =>
  (_, response) =>
    void response.writeHead(200).end(JSON.stringify({ region, epoch: 4 }));

/** Stands for the entrance of a region. */
class Entrance {
  readonly requests: IncomingMessage[] = [];
  connections = 0;
  port = 0;
  private server: Server | undefined;

  constructor(public answer: Answer) {}

  async start(): Promise<this> {
    const { key, certificate: cert } = authority.issue([HOST]);
    this.server = createServer({ key, cert }, (request, response) => {
      this.requests.push(request);
      this.answer(request, response);
    });
    this.server.on('secureConnection', () => {
      this.connections += 1;
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }
}

let home: Entrance;
let standby: Entrance;
let leads: Side | undefined;
let looks: number;
const clients: LoadClient[] = [];

beforeAll(async () => {
  home = await new Entrance(good('us-east-1')).start();
  standby = await new Entrance(good('us-west-2')).start();
});
afterAll(() => Promise.all([home.stop(), standby.stop()]));
beforeEach(() => {
  [home.answer, standby.answer, leads, looks] = [good('us-east-1'), good('us-west-2'), 'home', 0];
  for (const one of [home, standby]) {
    one.requests.length = 0;
    one.connections = 0;
  }
});
afterEach(() => {
  for (const one of clients.splice(0)) one.stop();
});

const resolve = () => {
  looks += 1;
  return leads && { side: leads, port: (leads === 'home' ? home : standby).port };
};
const OPTIONS = { host: HOST, path: '/api/drill', ca: authority.certificate, resolve };

function client(ttlMs = 60_000, timeoutMs = 5_000, age = 0): LoadClient {
  const made = new LoadClient({ ...OPTIONS, number: 3, ttlMs, age, timeoutMs });
  clients.push(made);
  return made;
}

describe('a client of the load', () => {
  it('records under which epoch and where a write was taken', async () => {
    const [record, ...more] = await client().send(WRITE, sideOf);
    expect(record).toMatchObject({
      client: 3,
      kind: 'write',
      id: 'w1',
      status: 200,
      side: 'home',
      by: 'home',
      epoch: 4,
      retried: false,
    });
    expect(more).toEqual([]);
  });

  it('writes by POST and reads by GET, each with the name of the row', async () => {
    const tested = client();
    await tested.send(WRITE, sideOf);
    await tested.send({ kind: 'read', id: 'w0' }, sideOf);
    const seen = home.requests.map(({ method, headers }) => [
      method,
      headers['x-drill-write'],
      headers['x-drill-read'],
      headers.host,
    ]);
    expect(seen).toEqual([
      ['POST', 'w1', undefined, HOST],
      ['GET', undefined, 'w0', HOST],
    ]);
  });

  it('records whether a read found its row, and under which epoch and where', async () => {
    home.answer = (_, response) =>
      void response.writeHead(200).end(JSON.stringify({ region: 'us-east-1', epoch: 4, found: false }));
    const [record] = await client().send({ kind: 'read', id: 'w0' }, sideOf);
    expect(record).toMatchObject({ kind: 'read', id: 'w0', found: false, epoch: 4, by: 'home' });
  });

  it('keeps its connection', async () => {
    const tested = client();
    for (let count = 0; count < 3; count += 1) await tested.send(WRITE, sideOf);
    expect(home.connections).toBe(1);
  });

  it('trusts nobody whose certificate is of another authority', async () => {
    const options = { ...OPTIONS, number: 1, ttlMs: 1, age: 0, timeoutMs: 5_000 };
    const strange = new LoadClient({ ...options, ca: makeAuthority().certificate });
    clients.push(strange);
    expect((await strange.send(WRITE, sideOf)).map(({ status }) => status)).toEqual([0, 0]);
  });

  it('stays on its target by the cookie of the balancer, beside cookies of the application', async () => {
    home.answer = (_, response) => {
      response
        .writeHead(200, { 'set-cookie': ['own=1; Path=/', 'AWSALB=t7; Path=/; Max-Age=900'] })
        .end('{}');
    };
    const tested = client();
    await tested.send(WRITE, sideOf);
    await tested.send(WRITE, sideOf);
    expect(home.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'AWSALB=t7']);
  });

  it('repeats once what failed, and no more', async () => {
    home.answer = (_, response) => void response.writeHead(503).end();
    const records = await client().send(WRITE, sideOf);
    expect(records.map(({ status, retried, epoch }) => [status, retried, epoch])).toEqual([
      [503, false, undefined],
      [503, true, undefined],
    ]);
    expect(home.requests).toHaveLength(2);
  });

  it('is content when the repetition is answered', async () => {
    home.answer = (request) => {
      home.answer = good('us-east-1');
      request.socket.destroy();
    };
    const records = await client().send(WRITE, sideOf);
    expect(records.map(({ status }) => status)).toEqual([0, 200]);
  });

  it('gives up what is not answered in time, also in the middle of an answer', async () => {
    home.answer = (_, response) => void response.writeHead(200).write('{"reg');
    const begun = performance.now();
    const records = await client(60_000, 80).send(WRITE, sideOf);
    expect(records.map(({ status }) => status)).toEqual([0, 0]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('says that it got no answer where the name leads nowhere, and looks again each time', async () => {
    leads = undefined;
    const records = await client().send(WRITE, sideOf);
    expect(records.map(({ status, side }) => [status, side])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    expect(looks).toBe(2);
  });
});

describe('what a client keeps of its resolver', () => {
  it('is kept for its time, however wrong it has become', async () => {
    const tested = client();
    await tested.send(WRITE, sideOf);
    leads = 'standby';
    const [record] = await tested.send(WRITE, sideOf);
    expect([record?.by, looks]).toEqual(['home', 1]);
  });

  it('is asked for again when that is over, and then the other region is asked', async () => {
    const tested = client(1);
    await tested.send(WRITE, sideOf);
    leads = 'standby';
    await new Promise((done) => setTimeout(done, 5));
    const [record] = await tested.send(WRITE, sideOf);
    expect([record?.by, record?.side]).toEqual(['standby', 'standby']);
  });

  it('is older at the beginning by the share that was said', async () => {
    const tested = client(60_000, 5_000, 1);
    await tested.send(WRITE, sideOf);
    await tested.send(WRITE, sideOf);
    await tested.send(WRITE, sideOf);
    expect(looks).toBe(2);
  });

  it('lets end what is under way on the connections that are left', async () => {
    let finish: (() => void) | undefined;
    home.answer = (request, response) => {
      finish = () => good('us-east-1')(request, response);
    };
    const tested = client(1);
    const slow = tested.send(WRITE, sideOf);
    await until(() => finish !== undefined);
    leads = 'standby';
    await new Promise((done) => setTimeout(done, 5));
    await tested.send({ kind: 'write', id: 'w2' }, sideOf);
    finish?.();
    expect((await slow).map(({ status, by }) => [status, by])).toEqual([[200, 'home']]);
  });
});

describe('the load', () => {
  const loads: Load[] = [];
  // One that goes on after a test that failed would keep Jest from its end.
  afterEach(() => Promise.all(loads.splice(0).map((one) => one.stop())));
  const load = (perSecond: number, timeoutMs = 5_000): Load => {
    const made = new Load({
      ...OPTIONS,
      clients: 4,
      perSecond,
      writes: 0.5,
      ttlMs: 60_000,
      timeoutMs,
      sideOf,
      prefix: 'a-',
    });
    loads.push(made);
    return made;
  };

  it('goes on at its rate while nobody answers, and ends when what is under way has', async () => {
    const waiting: ServerResponse[] = [];
    home.answer = (_, response) => void waiting.push(response);
    const tested = load(100);
    tested.start();
    await until(() => waiting.length >= 20);
    expect(tested.records).toEqual([]);
    home.answer = good('us-east-1');
    const stopped = tested.stop();
    for (const response of waiting) response.writeHead(200).end('{"region":"us-east-1","epoch":1}');
    await stopped;
    expect(tested.records.length).toBeGreaterThanOrEqual(20);
  });

  it('writes each row once, and reads only rows that it has written', async () => {
    // The entrance shares this process: at a rate that the two cannot keep, each request needs a connection of its own.
    const tested = load(100);
    tested.start();
    await until(() => home.requests.length >= 120);
    await tested.stop();
    const writes = tested.records.filter(({ kind }) => kind === 'write');
    const written = writes.flatMap(({ id }) => id ?? []);
    const read = home.requests.flatMap(({ headers }) => headers['x-drill-read'] ?? []).map(String);
    expect(new Set(written).size).toBe(written.length);
    expect(written.length / tested.records.length).toBeCloseTo(0.5, 1);
    expect(read.filter((id) => id !== 'a-0' && !written.includes(id))).toEqual([]);
    expect(read.some((id) => id !== 'a-0')).toBe(true);
  });
});
