import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { asWhom, binaries, type ExtensionFiles, type Installation, own } from './binaries';
import { copyData, copyWithLog } from './copy';
import { dataRoot } from './data-root';
import { type Halt, ServerProcess } from './process';

/**
 * A real PostgreSQL on this machine, version 17 if none is named. It listens on the loopback interface, keeps its data in
 * a temporary folder, and takes nothing from the machine. It is quick because it never waits for the disk: it survives
 * the death of its processes, not that of the machine.
 */

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface Login extends Credential {
  /** `postgres` if none is named. */
  readonly database?: string;
}

/** A certificate with its key, in PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface ServerOptions {
  /** Settings of the server beside those that make it quick. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes the server speak TLS with this certificate. */
  readonly tls?: ServerCertificate;
  /** The user with whom the server begins; `SUPERUSER` if none is given. */
  readonly superuser?: Credential;
  /** Extensions beside those that PostgreSQL brings. */
  readonly extensions?: ExtensionFiles;
  /** A PostgreSQL of this machine; if none is given, version 17 of the npm package. */
  readonly installation?: Installation | undefined;
  /** Size of a segment of the log in MiB, a power of two; PostgreSQL's own size if none is given. */
  readonly segmentMib?: number;
}

export const SUPERUSER: Credential = { username: 'postgres', password: 'postgres-on-this-machine' };

/** Clients and server share a machine here: 4,096 rounds of hashing for each session on both sides would be most of the work. */
const FEW_ROUNDS = { scram_iterations: '1' };
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '30' };

export interface PostgresServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly superuser: Credential;
  /** @returns a connected client, as the superuser if no other is named; the caller ends it */
  connect(login?: Login): Promise<Client>;
  /** Ends the server; `start` brings it back with the same data and port. */
  halt(how: Halt): Promise<void>;
  start(): Promise<void>;
  restart(how: Halt): Promise<void>;
  /** Restarts as a server that only replays, of nobody's log: every write is refused. */
  restartAsReplica(): Promise<void>;
  /**
   * @param settings beside those of this server
   * @param from port from which it takes the log; that of this server if none is given
   * @returns a running server that replays the log of this one as it comes
   */
  replica(settings?: Readonly<Record<string, string>>, from?: number): Promise<PostgresServer>;
  /** Makes a replica a primary on a timeline of its own, and waits until it is. */
  promote(): Promise<void>;
  /**
   * Copies the data while the server works, primary or replica, so that `restoreServer` can start another from it. A
   * replica can do it only if its source writes full pages.
   * @param folder does not exist yet
   * @returns when the copy ended, by the server's clock
   */
  backup(folder: string): Promise<Date>;
  /** Stops all its processes where they are. */
  pause(): void;
  continue(): void;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** @throws if the package has no binaries for this machine, or the server does not start */
export async function startServer(options: ServerOptions = {}): Promise<PostgresServer> {
  return inFolder(options, options.settings ?? {}, async (native, folder) => {
    initialize(native, folder, options);
    if (options.tls) useCertificate(folder, options.tls);
  });
}

/**
 * Makes a server in a folder of its own; neither is left if something fails.
 * @param fill puts the data in place
 * @param begin starts the process
 */
export async function inFolder(
  options: ServerOptions,
  settings: Readonly<Record<string, string>>,
  fill: (native: string, folder: string) => Promise<void>,
  begin: (server: ServerProcess, folder: string) => Promise<void> = (server) => server.start(),
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(dataRoot(), 'holdfast-postgres-'));
  // Elsewhere than the data: from a file system in memory nothing may be executed on some machines.
  const programs = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  let server: ServerProcess | undefined;
  const remove = (): void => {
    for (const one of [folder, programs]) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
  };
  const removeNow = (): void => {
    server?.killNow();
    remove();
  };
  process.once('exit', removeNow);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', removeNow);
    await server?.halt('fast');
    remove();
  };
  try {
    own(programs);
    const native = binaries(programs, options.extensions, options.installation);
    own(folder);
    await fill(native, folder);
    const flags = {
      ...QUICK,
      ...rounds(options),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...settings,
    };
    server = new ServerProcess({ native, folder, flags });
    await begin(server, folder);
    return handle({ server, folder, options, settings }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server in its folder, with what it was started with. */
interface Running {
  readonly server: ServerProcess;
  readonly folder: string;
  readonly options: ServerOptions;
  readonly settings: Readonly<Record<string, string>>;
}

function handle(running: Running, stop: () => Promise<void>): PostgresServer {
  const { server, folder, options } = running;
  const { superuser = SUPERUSER } = options;
  const connect = (login: Login = superuser): Promise<Client> => connectTo(server.port, login);
  return {
    host: '127.0.0.1',
    port: server.port,
    superuser,
    connect,
    halt: (how) => server.halt(how),
    start: () => server.start(),
    async restart(how) {
      await server.halt(how);
      await server.start();
    },
    async restartAsReplica() {
      await server.halt('fast');
      write(join(folder, 'data', 'standby.signal'), '');
      await server.start();
    },
    replica: (more = {}, from = server.port) => replicate(running, superuser, more, from),
    async promote() {
      const client = await connect();
      try {
        await client.query('SELECT pg_promote(true, 30)');
      } finally {
        await client.end();
      }
    },
    async backup(to) {
      const client = await connect();
      try {
        return await copyWithLog(client, join(folder, 'data'), to);
      } finally {
        await client.end();
      }
    },
    pause: () => server.pause(),
    continue: () => server.continue(),
    stop,
  };
}

/** @returns a connected client that survives the end of its server */
export async function connectTo(port: number, login: Login): Promise<Client> {
  const { username: user, password, database = 'postgres' } = login;
  const client = new Client({ host: '127.0.0.1', port, user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function replicate(
  { server, folder, options, settings }: Running,
  superuser: Credential,
  more: Readonly<Record<string, string>>,
  from: number,
): Promise<PostgresServer> {
  return inFolder(options, { ...settings, ...more }, async (_, copy) => {
    const source = await connectTo(server.port, superuser);
    try {
      await copyData(source, join(folder, 'data'), join(copy, 'data'));
    } finally {
      await source.end();
    }
    follow(join(copy, 'data'), from, superuser);
  });
}

function initialize(native: string, folder: string, options: ServerOptions): void {
  const { superuser: { username, password } = SUPERUSER, segmentMib } = options;
  const passwordFile = join(folder, 'password');
  write(passwordFile, password);
  const given = ['-D', join(folder, 'data'), '-U', username, `--pwfile=${passwordFile}`];
  if (segmentMib !== undefined) given.push(`--wal-segsize=${segmentMib}`);
  for (const [name, value] of Object.entries(rounds(options))) given.push('-c', `${name}=${value}`);
  const made = spawnSync(
    join(native, 'bin', 'initdb'),
    [...given, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...asWhom(), cwd: folder, env: { ...process.env, LC_ALL: 'C' }, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

/** Before version 16 the number of rounds cannot be set. */
const rounds = ({ installation }: ServerOptions): Readonly<Record<string, string>> =>
  installation ? {} : FEW_ROUNDS;

function useCertificate(folder: string, { certificate, key }: ServerCertificate): void {
  const data = join(folder, 'data');
  write(join(data, 'server.crt'), certificate);
  write(join(data, 'server.key'), key);
  writeFileSync(join(data, 'postgresql.auto.conf'), 'ssl = on\n', { flag: 'a' });
}

function follow(data: string, port: number, { username, password }: Credential): void {
  const source = `host=127.0.0.1 port=${port} user=${username} password=${password} application_name=replica`;
  const line = `primary_conninfo = '${source.replaceAll("'", "''")}'\n`;
  writeFileSync(join(data, 'postgresql.auto.conf'), line, { flag: 'a' });
  write(join(data, 'standby.signal'), '');
}

/** A file that only the server may read. */
export function write(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
  own(file);
}
