import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Control, startControl } from './databases/control';
import { Databases } from './databases/manager';
import { inTurn } from './in-turn';
import type { Network } from './network/network';
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
  /** Secrets that a person has to set have a value; otherwise a service that needs one starts with no task. */
  readonly secretValues?: boolean;
  /** Where the logs of the server and of the functions stay; otherwise they are deleted with it. */
  readonly logs?: string;
  /** File of the sample application: one-off tasks run it. Without it they run nothing and end well. */
  readonly sample?: string;
  readonly port?: number;
  /** Puts a real PostgreSQL behind every database instance; otherwise instances are only described. */
  readonly databases?: boolean;
  /** How long a database instance stays in each status that passes, beside the work itself. Default: 0. */
  readonly statusSeconds?: number;
  /** How long the latest restorable time of a database instance trails. Default: 2. */
  readonly restorableSeconds?: number;
  /** Schedules fire, and their minute lasts so many seconds; otherwise none fires. */
  readonly scheduledMinuteSeconds?: number;
  /** Health checks of Route 53 have their intervals, divided by this. Default: as often as may be. */
  readonly pace?: number;
  /** Comes between the regions, and between them and everybody else. Default: nothing does. */
  readonly network?: Network;
  /** Schedules that are rarer than once a minute fire only after their first interval. Default: at once. */
  readonly rareSchedulesLater?: boolean;
  /** Gets one line if Python packages are installed first. */
  readonly say: (line: string) => void;
}

/**
 * A failure to order.
 * - `fail`: the call is not done and answered by an error.
 * - `throttle`: the call is not done and answered as AWS answers too many.
 * - `hang`: the call is not done, and answered only after the fault was cleared.
 * - `succeed-but-fail`: the call is done, and answered by an error nevertheless.
 */
export interface Fault {
  /** As requests are signed for it: `rds`, `ecs`, `application-autoscaling`, `monitoring` for CloudWatch; `*` for all. */
  readonly service: string;
  /** `PromoteReadReplica`; `*` for all. */
  readonly operation: string;
  readonly kind: 'fail' | 'throttle' | 'hang' | 'succeed-but-fail';
  /** Where. Default: everywhere. */
  readonly region?: string;
  /** Of the error. Default: `InternalFailure` (HTTP 500), or the service's word for throttling. */
  readonly code?: string;
  /** How many calls meet it. Default: all. */
  readonly times?: number;
}

export interface LocalAws {
  /** `http://localhost:<port>`; spelled so because moto finds buckets by it. */
  readonly endpoint: string;
  /** Directory with `server.log` and one log per function. */
  readonly logs: string;
  /** Pushes an image into a repository that exists. @throws if there is none */
  pushImage(region: string, repository: string, tag: string): Promise<void>;
  /** The servers behind the database instances. @throws if they were not asked for */
  readonly databases: Databases;
  /** Orders a failure; the latest that concerns a call counts. @throws with a sentence for what is no order */
  fault(fault: Fault): Promise<void>;
  /** Ends all ordered failures. @returns how many calls met one */
  clearFaults(): Promise<number>;
  /** Tells the API how the network is now; until then its callers meet the one before. */
  applyNetwork(): Promise<void>;
  /** Of each health check of Route 53, by its id: whether it is healthy; null if nothing is known of it. */
  health(): Promise<Readonly<Record<string, boolean | null>>>;
  /** Types of resources: those that a service really stores, and those that are only accepted. */
  types(): Promise<{
    readonly withBackend: readonly string[];
    readonly acceptedNotVerified: readonly string[];
  }>;
  /** Ends the server, its functions and its databases, and deletes its files. May be called twice. */
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
  const backing = options.databases === true ? await startBacking(options) : undefined;
  const logFile = join(logs, 'server.log');
  const child = startServer(python, serverArguments(options, logs, backing), logFile);
  const stop = async (): Promise<void> => {
    // First whoever asks for databases, or one would be asked for that nobody ends.
    await end(child);
    await backing?.stop();
    if (!kept) rmSync(logs, { recursive: true, force: true });
  };
  try {
    const port = await portOf(child, logFile);
    return running(`http://localhost:${port}`, logs, backing?.databases, options.network, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The databases and the door by which the API asks for them. */
interface Backing {
  readonly databases: Databases;
  readonly control: Control;
  stop(): Promise<void>;
}

async function startBacking(options: LocalAwsOptions): Promise<Backing> {
  const { restorableSeconds, network, scheduledMinuteSeconds } = options;
  const databases = new Databases(restorableSeconds, network, scheduledMinuteSeconds || undefined);
  const control = await startControl(databases);
  const stop = async (): Promise<void> => {
    await databases.stop();
    await control.stop();
  };
  return { databases, control, stop };
}

function startServer(python: string, args: readonly string[], logFile: string): ChildProcess {
  const descriptor = openSync(logFile, 'w');
  const child = spawn(python, args, {
    stdio: ['pipe', 'pipe', descriptor],
    // A group of its own: Ctrl-C reaches only us, and we stop the server after its clients.
    detached: true,
    env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONWARNINGS: 'ignore' },
  });
  closeSync(descriptor);
  return child;
}

function serverArguments(options: LocalAwsOptions, logs: string, backing: Backing | undefined): string[] {
  const { url } = backing?.control ?? {};
  const files = backing?.databases.files;
  return [
    SERVER,
    ...['--account', options.account, '--port', String(options.port ?? 0)],
    ...['--logs', logs, '--node', process.execPath],
    ...['--status-seconds', String(options.statusSeconds ?? 0)],
    ...['--minute-seconds', String(options.scheduledMinuteSeconds ?? 0)],
    ...['--pace', String(options.pace ?? 0)],
    ...(options.sample === undefined ? [] : ['--sample', options.sample]),
    ...(options.secretValues ? ['--secret-values'] : []),
    ...(options.rareSchedulesLater ? ['--rare-later'] : []),
    ...(url !== undefined && files
      ? ['--databases', url, files.endpoints.file, files.caFile, files.windowsFile, files.publicCaFile]
      : []),
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

function running(
  endpoint: string,
  logs: string,
  databases: Databases | undefined,
  network: Network | undefined,
  stop: () => Promise<void>,
): LocalAws {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${endpoint}/holdfast/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const value = await answer.json();
    if (!answer.ok) throw new Error(`The local AWS API refuses: ${(value as { message: string }).message}.`);
    return value as T;
  };
  return {
    endpoint,
    logs,
    get databases() {
      if (!databases) throw new Error('The local AWS API was started without databases.');
      return databases;
    },
    pushImage: (region, repository, tag) => ask('POST', 'images', { region, repository, tag }),
    fault: (fault) => ask('POST', 'faults', fault),
    clearFaults: async () => (await ask<{ met: number }>('DELETE', 'faults')).met,
    // Overtaken by an older state, the API would keep a cut that is half done.
    applyNetwork: inTurn(async () => {
      if (!network) return;
      await ask('PUT', 'roads', { regions: network.regions, ...network.state() });
    }),
    health: () => ask('GET', 'health'),
    types: () => ask('GET', 'types'),
    stop,
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
