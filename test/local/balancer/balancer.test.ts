import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Balancer, type Registered } from '../../../local/balancer/balancer';
import type { DeployedBalancer } from '../../../local/balancer/deployed';
import { makeAuthority } from '../../../local/certificate';
import { until } from '../until';

const HOST = 'ops.example.com';
const authority = makeAuthority();
const ends: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const group = (arn: string, stickyMs?: number): DeployedBalancer['groups'][number] => ({
  arn,
  path: '/health',
  healthPort: undefined,
  intervalMs: 20,
  timeoutMs: 2_000,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  codes: '200',
  drainMs: 60_000,
  stickyMs,
});
const rule = (priority: number, paths: readonly string[], arn: string) => ({
  arn: `rule of ${arn}`,
  priority,
  hosts: [HOST],
  paths,
  groups: [{ group: arn, weight: 1 }],
});

async function balancer(deployed: Partial<DeployedBalancer> = {}, idleMs = 5_000) {
  const rules = [rule(1, ['/api/*'], 'api'), rule(2, ['/*'], 'web')];
  const made = new Balancer(
    { rules, groups: [group('api', 60_000), group('web')], ...deployed },
    authority.issue([HOST]),
    idleMs,
  );
  ends.push(() => made.stop());
  return { made, port: await made.listen() };
}

/** A task on one port of this machine. */
async function task(id: string, answer: RequestListener): Promise<Registered & { server: Server }> {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/health') response.writeHead(200).end();
    else answer(incoming, response);
  }).listen(0, '127.0.0.1');
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const settings = { service: 'backend', region: 'us-east-1', ports: [80] };
  const names = { id, service: 'backend', region: 'us-east-1', definition: 'backend:1' };
  const plan = { ...names, environment: {}, settings, stopMs: 1_000 };
  return { plan, ended: false, port: () => port, server };
}

const says =
  (text: string): RequestListener =>
  (_, response) =>
    void response.writeHead(200, { 'x-own': 'yes' }).end(text);
const on = (arn: string) => ({ targets: [{ containerPort: 80, group: arn }] });

async function ready(made: Balancer, arn: string, ...tasks: Registered[]): Promise<void> {
  for (const one of tasks) made.register(on(arn), one);
  await until(() => tasks.every((one) => made.isHealthy(one)));
}

interface Got {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function ask(port: number, path: string, more: RequestOptions = {}, body = ''): Promise<Got> {
  const agent = more.agent ?? false;
  const headers = { host: HOST, ...more.headers };
  const options = { host: '127.0.0.1', servername: HOST, ca: authority.certificate, port, path };
  return new Promise((done, failed) => {
    const sent = request({ ...options, ...more, agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('error', failed);
      response.on('end', () => done({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

describe('the balancer of a region', () => {
  it('sends a request where its rule says, with what it holds', async () => {
    const { made, port } = await balancer();
    const api = await task('a', (incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        response.writeHead(201, { 'x-own': 'yes' });
        response.end(`${method} ${url} ${body} ${headers['x-forwarded-proto']} ${headers.host}`);
      });
    });
    const web = await task('w', says('web'));
    await Promise.all([ready(made, 'api', api), ready(made, 'web', web)]);
    const got = await ask(port, '/api/items?page=2', { method: 'POST' }, 'what I write');
    expect([got.status, got.text, got.headers['x-own']]).toEqual([
      201,
      'POST /api/items?page=2 what I write https ops.example.com',
      'yes',
    ]);
    expect((await ask(port, '/')).text).toBe('web');
  });

  it('answers 404 where no rule takes it, and 503 where nobody is', async () => {
    const { port } = await balancer();
    const strange = await ask(port, '/', { headers: { host: 'other.example.com' } });
    expect([strange.status, (await ask(port, '/api/x')).status]).toEqual([404, 503]);
  });

  it('answers 502 for a task that breaks off, and 504 for one that is silent', async () => {
    const { made, port } = await balancer({}, 60);
    const broken = await task('b', (incoming) => incoming.socket.destroy());
    const silent = await task('s', () => undefined);
    await Promise.all([ready(made, 'api', broken), ready(made, 'web', silent)]);
    expect([(await ask(port, '/api/x')).status, (await ask(port, '/')).status]).toEqual([502, 504]);
  });

  it('breaks off an answer that its task breaks off', async () => {
    const { made, port } = await balancer();
    const half = await task('h', (incoming, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => incoming.socket.destroy(), 20);
    });
    await ready(made, 'web', half);
    await expect(ask(port, '/')).rejects.toThrow();
  });

  it('keeps a client on its task by a cookie where that is deployed, and leaves cookies alone', async () => {
    const { made, port } = await balancer();
    const tasks = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        task(id, (_, response) => void response.writeHead(200, { 'set-cookie': 'own=1' }).end(id)),
      ),
    );
    await ready(made, 'api', ...tasks);
    const first = await ask(port, '/api/x');
    const cookies = first.headers['set-cookie'] ?? [];
    expect(cookies[0]).toBe('own=1');
    expect(cookies[1]).toBe(`AWSALB=${first.text}; Path=/; Max-Age=60`);
    const cookie = `own=1; AWSALB=${first.text}`;
    for (let count = 0; count < 4; count += 1)
      expect((await ask(port, '/api/x', { headers: { cookie } })).text).toBe(first.text);
  });

  it('lets a request end on a task that leaves, and sends no other one there', async () => {
    const { made, port } = await balancer();
    let finish: (() => void) | undefined;
    const leaving = await task('a', (_, response) => {
      finish = () => response.end('done');
    });
    await ready(made, 'web', leaving);
    const answer = ask(port, '/');
    await until(() => finish !== undefined);
    const left = made.deregister(leaving);
    expect((await ask(port, '/')).status).toBe(503);
    finish?.();
    expect((await answer).text).toBe('done');
    await left;
    expect(made.isUnhealthy(leaving)).toBe(false);
  });

  it('frees the place of a task that has died at once, whatever was under way', async () => {
    const { made, port } = await balancer();
    let isAsked = false;
    const dying = await task('a', () => {
      isAsked = true;
    });
    await ready(made, 'web', dying);
    const answer = ask(port, '/');
    await until(() => isAsked);
    const dead = { ...dying, ended: true };
    await made.deregister(dead);
    expect((await ask(port, '/')).status).toBe(503);
    dying.server.closeAllConnections();
    expect((await answer).status).toBe(502);
  });

  it('puts a task without a wanted port into no group at all', async () => {
    const { made, port } = await balancer();
    const half: Registered = {
      ...(await task('a', says('a'))),
      port: (wanted) => {
        if (wanted === 80) return 1;
        throw new Error('backend has no port 81.');
      },
    };
    const targets = [
      { containerPort: 80, group: 'web' },
      { containerPort: 81, group: 'api' },
    ];
    expect(() => made.register({ targets }, half)).toThrow('backend has no port 81.');
    expect((await ask(port, '/')).status).toBe(503);
  });

  it('asks for the health at the port that was deployed for it', async () => {
    const asked: number[] = [];
    const { made } = await balancer({ groups: [{ ...group('api'), healthPort: 9000 }] });
    const real = await task('a', says('a'));
    const watched: Registered = {
      ...real,
      port: (wanted) => {
        asked.push(wanted);
        return real.port(wanted);
      },
    };
    await ready(made, 'api', watched);
    expect(asked.sort()).toEqual([80, 9000]);
  });

  it('gives up a task that becomes ill', async () => {
    const { made, port } = await balancer();
    let isIll = false;
    const server = createServer((_, response) => void response.writeHead(isIll ? 500 : 200).end('a'));
    server.listen(0, '127.0.0.1');
    ends.push(() => new Promise((done) => server.close(done)));
    await once(server, 'listening');
    const address = server.address();
    const own = typeof address === 'object' && address ? address.port : 0;
    const ill: Registered = { ...(await task('a', says('a'))), port: () => own };
    await ready(made, 'web', ill);
    isIll = true;
    await until(() => made.isUnhealthy(ill));
    expect((await ask(port, '/')).status).toBe(500);
  });

  it('ends with connections open', async () => {
    const { made, port } = await balancer();
    const agent = new Agent({ keepAlive: true });
    const silent = await task('a', () => undefined);
    await ready(made, 'web', silent);
    const broken = ask(port, '/', { agent }).catch(() => 'broken');
    await until(() => Object.keys(agent.sockets).length > 0);
    await made.stop();
    expect(await broken).toBe('broken');
    agent.destroy();
  });
});
