import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Endpoints } from '../../../local/network/endpoints';
import { type Link, openLink } from '../../../local/network/link';
import { Network, OUTSIDE } from '../../../local/network/network';

/** Long enough for a packet on the loopback interface, had it been sent. */
const QUIET_MS = 60;

let network: Network;
let echo: Server;
let port: number;
let link: Link;
const sockets: Socket[] = [];

beforeEach(async () => {
  network = new Network(['home', 'standby', 'witness']);
  echo = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  port = typeof address === 'object' && address ? address.port : 0;
  link = await openLink(network, 'standby', 'home', port);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await link.close();
  await new Promise((done) => echo.close(done));
});

async function client(): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = connect({ host: '127.0.0.1', port: link.port });
  sockets.push(socket);
  socket.on('error', () => undefined);
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await once(socket, 'connect');
  return { socket, heard: () => text, closed: () => isClosed };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('It did not come true within three seconds.');
    await wait(2);
  }
}

describe('a link of the network', () => {
  it('carries what is said and what is answered', async () => {
    const { socket, heard } = await client();
    socket.write('hello');
    await until(() => heard() === 'hello');
  });

  it('is silent while the way there is closed, and delivers late what was said meanwhile', async () => {
    const { socket, heard, closed } = await client();
    socket.write('one ');
    await until(() => heard() === 'one ');
    network.close('standby', 'home');
    socket.write('two');
    await wait(QUIET_MS);
    expect([heard(), closed()]).toEqual(['one ', false]);
    network.join('standby', 'home');
    await until(() => heard() === 'one two');
  });

  it('is silent while only the way back is closed, though what was said has arrived', async () => {
    let arrived = '';
    echo.on('connection', (socket) => socket.on('data', (chunk) => (arrived += chunk.toString())));
    const { socket, heard } = await client();
    socket.write('one ');
    await until(() => heard() === 'one ');
    network.close('home', 'standby');
    socket.write('two');
    await until(() => arrived === 'one two');
    await wait(QUIET_MS);
    expect(heard()).toBe('one ');
  });

  it('keeps a new connection waiting while the regions are apart', async () => {
    network.cut('standby', 'home');
    const { socket, heard, closed } = await client();
    socket.write('anybody?');
    await wait(QUIET_MS);
    expect([heard(), closed()]).toEqual(['', false]);
    network.join('standby', 'home');
    await until(() => heard() === 'anybody?');
  });

  it('tells nobody that a region is gone, also when its servers end', async () => {
    const { socket, closed } = await client();
    socket.write('one');
    await until(() => sockets.length > 1);
    network.lose('home');
    for (const one of sockets) if (one !== socket) one.destroy();
    await wait(QUIET_MS);
    expect(closed()).toBe(false);
    network.regain('home');
    await until(closed);
  });

  it('ends a connection when its far end does', async () => {
    const { socket, heard, closed } = await client();
    socket.write('one');
    await until(() => heard() === 'one');
    for (const one of sockets) if (one !== socket) one.destroy();
    await until(closed);
  });

  it('takes no more than the far end does', async () => {
    const { socket, heard } = await client();
    const much = 'x'.repeat(8 * 1024 * 1024);
    socket.write(much);
    await until(() => heard().length === much.length);
  });
});

describe('the network', () => {
  it('refuses an end that it does not have', () => {
    expect(() => network.cut('home', 'moon')).toThrow(
      'The network has no moon: it has outside, home, standby, witness.',
    );
  });

  it('says what is closed and what is gone', () => {
    network.close(OUTSIDE, 'home');
    network.lose('witness');
    expect(network.state()).toEqual({ lost: ['witness'], closed: [[OUTSIDE, 'home']] });
    expect([network.arrives(OUTSIDE, 'home'), network.arrives('home', OUTSIDE)]).toEqual([false, true]);
  });
});

describe('names of the platform', () => {
  it('lead over the network from elsewhere, and straight to their port from their own region', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    const endpoints = new Endpoints(join(folder, 'names.json'), network);
    try {
      await endpoints.publish('databases', [{ host: 'Db.home', region: 'home', port }]);
      const seen = (end: string) =>
        (JSON.parse(readFileSync(join(folder, `names.json${end}`), 'utf8')) as Record<string, number>)[
          'db.home'
        ];
      expect(seen('.home')).toBe(port);
      expect(new Set([seen(''), seen('.standby'), seen('.witness'), port]).size).toBe(4);
    } finally {
      await endpoints.close();
      rmSync(folder, { recursive: true });
    }
  });
});
