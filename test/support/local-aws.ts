import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import { findPython } from '../../local/python';
import { freePort } from './free-port';

const START_MS = 30_000;
/** For `beforeAll`: on a fresh machine moto is installed first, which takes as long as its download. */
export const WITH_INSTALLATION_MS = 15 * 60_000;

/** The local AWS API of one test. */
export interface LocalAws {
  /** Its host is spelled `localhost`: moto tells buckets by it. */
  readonly endpoint: string;
  /** Forgets everything. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Past jest, which holds back what tests print until they end. */
export const sayAtOnce = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Starts moto on a free port of the loopback interface; installs it first if no Python here has it.
 * @throws NoPython, or an error if it does not answer; the message says what to do
 */
export async function startLocalAws(): Promise<LocalAws> {
  const python = await findPython(sayAtOnce);
  const port = await freePort();
  const endpoint = `http://localhost:${port}`;
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
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
  }, WITH_INSTALLATION_MS);
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
  child.once('error', ({ message }) => {
    problem = `The local AWS API did not start: ${message}`;
  });
  child.once('exit', (code) => {
    problem ??= `The local AWS API ended at once (${code}).\n${said}`;
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
