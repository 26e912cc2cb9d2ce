// Runs a bundled function as Lambda would: one JSON request a line on stdin, one JSON answer a line on the descriptor
// whose number is the first argument. The second, if it is not empty, is a file with the ports of names of the platform;
// one beside it, with the region at its end, has them as they are seen from there. The third is one with the ports of names
// that the local AWS API answers for itself, once there are any. stdout and stderr are the function's own.
// It ends when stdin does, so that nothing outlives whoever started it.

import dns from 'node:dns';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const answers = createWriteStream('', { fd: Number(process.argv[2]), autoClose: false });

const ofTheRegion = `${process.argv[3]}.${process.env.AWS_REGION}`;
const names = [existsSync(ofTheRegion) ? ofTheRegion : process.argv[3], process.argv[4]];
const portIn = (file, host) =>
  file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8'))[host] : undefined;
/** The port of this machine for a name of the platform or of the API; undefined for all else. */
const portOf = (host) => {
  for (const file of host ? names : []) {
    const port = portIn(file, host.toLowerCase());
    if (port !== undefined) return port;
  }
  return undefined;
};

// Every name below localhost is this machine (RFC 6761), but not every resolver knows it: buckets are such names. So are
// those of the platform. No other name is asked for: nothing leaves the machine.
const lookup = dns.lookup;
dns.lookup = (host, ...rest) => {
  if (/(^|\.)localhost$/i.test(host) || portOf(host) !== undefined) return lookup('127.0.0.1', ...rest);
  if (net.isIP(host)) return lookup(host, ...rest);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: 'ENOTFOUND',
    hostname: host,
  });
  process.nextTick(rest.at(-1), error);
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // The forms of net.connect: (port, host), (options), and both as the list that net hands on within itself.
  const list = Array.isArray(args[0]) ? args[0] : args;
  if (typeof list[0] === 'object' && list[0] !== null) {
    const port = portOf(list[0].host);
    if (port !== undefined) list[0] = { ...list[0], port };
  } else {
    list[0] = portOf(typeof list[1] === 'string' ? list[1] : undefined) ?? list[0];
  }
  return connect.apply(this, args);
};

const handlers = new Map();
function load({ directory, handler }) {
  const known = handlers.get(handler);
  if (known) return known;
  const [file, name] = handler.split('.');
  const loaded = createRequire(join(directory, 'index.js'))(join(directory, `${file}.js`))[name];
  if (typeof loaded !== 'function') throw new Error(`The code has no handler ${handler}.`);
  handlers.set(handler, loaded);
  return loaded;
}

async function run(line) {
  const request = JSON.parse(line);
  const ends = Date.now() + request.timeoutMillis;
  const context = { ...request.context, getRemainingTimeInMillis: () => Math.max(0, ends - Date.now()) };
  try {
    const value = await load(request)(request.event, context);
    return { value: value ?? null };
  } catch (error) {
    console.error(error);
    return { error: { errorType: error?.name ?? 'Error', errorMessage: String(error?.message ?? error) } };
  }
}

const lines = createInterface({ input: process.stdin });
let queue = Promise.resolve();
lines.on('line', (line) => {
  queue = queue.then(async () => {
    const answer = await run(line);
    await new Promise((done) => answers.write(`${JSON.stringify(answer)}\n`, done));
  });
});
lines.on('close', () => process.exit(0));
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});
