import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { findPython } from './python';

const SERVER = resolve(__dirname, 'aws-api/serve.py');
/** moto takes a few seconds to import on a slow machine. */
const START_MILLIS = 90_000;
const STOP_MILLIS = 5_000;

export interface LocalAwsOptions {
  /** Account of every caller: twelve digits. */
  readonly account: string;
  /** Zones that exist before anything is deployed. */
  readonly hostedZones?: readonly { readonly id: string; readonly name: string }[];
  /** Images that are pushed as soon as their repository exists; a service without one starts with no task. */
  readonly images?: readonly { readonly repository: string; readonly tag: string }[];
  /** Where the logs of the server and of the functions stay; otherwise they are deleted with it. */
  readonly logs?: string;
  readonly port?: number;
  /** Gets one line if Python packages are installed first. */
  readonly say: (line: string) => void;
}

export interface LocalAws {
  /** `http://localhost:<port>`; spelled so because moto finds buckets by it. */
  readonly endpoint: string;
  /** Directory with `server.log` and one log per function. */
  readonly logs: string;
  /** Pushes an image into a repository that exists. */
  pushImage(region: string, repository: string, tag: string): Promise<void>;
  /** Types of resources: those that a service really stores, and those that are only accepted. */
  types(): Promise<{
    readonly withBackend: readonly string[];
    readonly acceptedNotVerified: readonly string[];
  }>;
  /** Ends the server and its functions and deletes its files. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the local AWS API on loopback.
 * @throws NoPython, or an error with the end of its log if it does not start
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const python = await findPython(options.say);
  const kept = options.logs !== undefined;
  const logs = options.logs ?? mkdtempSync(join(tmpdir(), 'holdfast-logs-'));
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, 'server.log');
  const descriptor = openSync(logFile, 'w');
  const child = spawn(python, serverArguments(options, logs), {
    stdio: ['pipe', 'pipe', descriptor],
    // A group of its own: Ctrl-C reaches only us, and we stop the server after its clients.
    detached: true,
    env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONWARNINGS: 'ignore' },
  });
  closeSync(descriptor);
  const cleanUp = (): void => {
    if (!kept) rmSync(logs, { recursive: true, force: true });
  };
  try {
    const port = await portOf(child, logFile);
    return running(child, `http://localhost:${port}`, logs, cleanUp);
  } catch (error) {
    await end(child);
    cleanUp();
    throw error;
  }
}

function serverArguments(options: LocalAwsOptions, logs: string): string[] {
  return [
    SERVER,
    ...['--account', options.account, '--port', String(options.port ?? 0)],
    ...['--logs', logs, '--node', process.execPath],
    ...(options.hostedZones ?? []).flatMap((zone) => ['--hosted-zone', `${zone.id}=${zone.name}`]),
    ...(options.images ?? []).flatMap((image) => ['--image', `${image.repository}:${image.tag}`]),
  ];
}

function portOf(child: ChildProcess, logFile: string): Promise<number> {
  return new Promise((done, failed) => {
    const fail = (why: string): void => {
      const log = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
      failed(new Error(`The local AWS API did not start: ${why}.\n${log}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${START_MILLIS / 1000} s`), START_MILLIS);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code}`);
    });
    if (!child.stdout) throw new Error('The local AWS API was started without a pipe.');
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      done((JSON.parse(line) as { port: number }).port);
    });
  });
}

function running(child: ChildProcess, endpoint: string, logs: string, cleanUp: () => void): LocalAws {
  return {
    endpoint,
    logs,
    async pushImage(region, repository, tag) {
      const body = JSON.stringify({ region, repository, tag });
      const answer = await fetch(`${endpoint}/holdfast/images`, { method: 'POST', body });
      if (!answer.ok)
        throw new Error(`Pushing ${repository}:${tag} in ${region} failed: ${await answer.text()}`);
    },
    async types() {
      const answer = await fetch(`${endpoint}/holdfast/types`);
      return (await answer.json()) as { withBackend: string[]; acceptedNotVerified: string[] };
    },
    async stop() {
      await end(child);
      cleanUp();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.stdin?.end();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
  await ended;
  clearTimeout(timer);
}
