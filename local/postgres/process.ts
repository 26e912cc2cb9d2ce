import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { asWhom } from './binaries';
import { freePort } from './free-port';

/** The process of one server, over its restarts. */

const START_MS = 30_000;
const ATTEMPTS = 3;

/** What a server is started with. */
export interface Settings {
  readonly native: string;
  /** Holds `data`. */
  readonly folder: string;
  /** Settings of PostgreSQL, given on the command line. */
  readonly flags: Readonly<Record<string, string>>;
}

/**
 * - `fast`: sessions are ended and everything is written down.
 * - `immediate`: as if it had crashed; the next start recovers from the log.
 */
export type Halt = 'fast' | 'immediate';

export class ServerProcess {
  #child: ChildProcess | undefined;
  #port = 0;
  #paused: readonly number[] = [];

  constructor(private readonly settings: Settings) {}

  /** 0 before the first start; the same over all restarts. */
  get port(): number {
    return this.#port;
  }

  /**
   * @param withinMs how long it may take: whoever replays a long log needs more
   * @throws with what it wrote if it does not start
   */
  async start(withinMs = START_MS): Promise<void> {
    const first = this.#port === 0;
    for (let attempt = 1; ; attempt += 1) {
      if (first) this.#port = await freePort();
      this.#child = run(this.settings, this.#port);
      const problem = await readiness(this.#child, withinMs);
      if (problem === undefined) return;
      await this.halt('immediate');
      // Somebody else may have taken the port in between.
      if (!first || attempt === ATTEMPTS || !/address already in use/i.test(problem))
        throw new Error(problem);
    }
  }

  /** Also ends a server that is paused; does nothing if it has ended. */
  async halt(how: Halt): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    this.continue();
    await ended;
  }

  /** Stops the server with all its sessions where they are, as a host does that hangs. */
  pause(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    const children = childrenOf(pid);
    for (const child of children) signal(child, 'SIGSTOP');
    this.#paused = [...children, pid];
  }

  /** Lets a paused server go on. */
  continue(): void {
    for (const pid of this.#paused) signal(pid, 'SIGCONT');
    this.#paused = [];
  }

  /** For the end of this process, when nothing can be waited for any more. */
  killNow(): void {
    this.#child?.kill('SIGQUIT');
    this.continue();
  }
}

function run({ native, folder, flags }: Settings, port: number): ChildProcess {
  const given = Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(join(native, 'bin', 'postgres'), ['-D', join(folder, 'data'), '-p', String(port), ...given], {
    ...asWhom(),
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** @returns why the server does not accept connections; undefined if it does */
function readiness(server: ChildProcess, withinMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(`PostgreSQL did not start in time.\n${said}`), withinMs);
    const done = (problem?: string): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    server.stderr?.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4_000);
      if (/ready to accept (read-only )?connections/.test(said)) done();
    });
    server.once('error', (error) => done(`PostgreSQL could not be started: ${error.message}`));
    // Only then everything that it said has arrived.
    server.once('close', () => done(`PostgreSQL ended at once.\n${said}`));
  });
}

/** Each session is a child of the server, in a process group of its own. */
function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, of]) => (pid !== undefined && of === parent ? [pid] : []));
}

/** A session may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    return;
  }
}
