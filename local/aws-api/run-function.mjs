// Runs a bundled function as Lambda would: one JSON request a line on stdin, one JSON answer a line on the descriptor
// whose number is the argument. stdout and stderr are the function's own. It ends when stdin does, so that nothing
// outlives whoever started it.

import dns from 'node:dns';
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const answers = createWriteStream('', { fd: Number(process.argv[2]), autoClose: false });

// Every name below localhost is this machine (RFC 6761), but not every resolver knows it: buckets are such names.
const lookup = dns.lookup;
dns.lookup = (host, ...rest) => lookup(/(^|\.)localhost$/i.test(host) ? '127.0.0.1' : host, ...rest);

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
