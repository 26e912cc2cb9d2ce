import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import { freePort } from './free-port';

const COMMAND = 'moto_server';
const INSTALL = 'python3 -m pip install "moto[server]==5.2.1"';
const START_MS = 30_000;

/** The local AWS API of one test. */
export interface LocalAws {
  /** Its host is spelled `localhost`: moto tells buckets by it. */
  readonly endpoint: string;
  /** Forgets everything. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port of the loopback interface.
 * @throws if it is not installed or does not answer; the message says how to install it
 */
export async function startLocalAws(): Promise<LocalAws> {
  const port = await freePort();
  const endpoint = `http://localhost:${port}`;
  const child = spawn(COMMAND, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stopNow = (): void => void child.kill('SIGKILL');
  process.once('exit', stopNow);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', stopNow);
    await end(child);
  };
  try {
    await ready(child, endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  const reset = async (): Promise<void> => {
    const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    if (!ok) throw new Error(`The local AWS API refused to be reset: HTTP ${status}.`);
  };
  return { endpoint, reset, stop };
}

/**
 * Runs the local AWS API for the tests of a file, and points the SDK's clients at it.
 * @returns gives its endpoint, once the tests run
 */
export function useLocalAws(region: string): () => LocalAws {
  let running: LocalAws | undefined;
  const before = { ...process.env };
  beforeAll(async () => {
    running = await startLocalAws();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: running.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
  });
  afterAll(async () => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await running?.stop();
  });
  return () => {
    if (!running) throw new Error('The local AWS API runs only while tests do.');
    return running;
  };
}

async function ready(child: ChildProcess, endpoint: string): Promise<void> {
  let problem: string | undefined;
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-2_000);
  });
  child.once('error', () => {
    problem = `The local AWS API is missing: there is no command ${COMMAND}. Install it: ${INSTALL}`;
  });
  child.once('exit', (code) => {
    problem ??= `The local AWS API ended at once (${code}). Is it installed whole? ${INSTALL}\n${said}`;
  });
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (problem) throw new Error(problem);
    try {
      if ((await fetch(`${endpoint}/moto-api/`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await wait(100);
  }
  throw new Error(`The local AWS API did not answer within ${START_MS / 1000} s.\n${said}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
