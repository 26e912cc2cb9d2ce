import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Processes that outlive nothing: each ends with the benchmark, however that ends. */

/** As much of what a process wrote as says why it failed. */
const SAID_MAX = 6_000;
const LOOK_MS = 50;

export class Daemon {
  readonly #child: ChildProcess;
  readonly #killNow = (): void => void this.#child.kill('SIGKILL');
  #said = '';

  constructor(
    readonly name: string,
    program: string,
    given: readonly string[],
    options: SpawnOptions = {},
  ) {
    this.#child = spawn(program, [...given], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#said = (this.#said + text.toString()).slice(-SAID_MAX);
      });
    }
    this.#child.once('error', (error) => {
      this.#said += error.message;
    });
    process.once('exit', this.#killNow);
  }

  /** Its process; none if it could not be started or has ended. */
  get pids(): readonly number[] {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null ? [pid] : [];
  }

  /** The last that it wrote. */
  get said(): string {
    return `${this.name}:\n${this.#said}`;
  }

  /** Kills it and waits for its end; does nothing if it has ended. */
  async end(): Promise<void> {
    process.removeListener('exit', this.#killNow);
    if (this.pids.length === 0) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** @returns a process with its children: every session of a PostgreSQL server is a child of its first process */
export function family(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  } catch {
    // It has ended.
    return [];
  }
}

/** @returns the processes on whose command line a folder stands: a server's first one, and tools that work on its data */
export function naming(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Sends a signal to all of them; some may have ended meanwhile. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/**
 * Waits for a condition; what is asked and throws is asked again.
 * @param why tells more when it does not come about
 * @throws if it does not in time
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
  why: () => string = () => '',
): Promise<void> {
  let last = '';
  for (const end = performance.now() + withinMs; performance.now() < end; await wait(LOOK_MS)) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(`It did not come to this in ${withinMs / 1000} s: ${what}. ${last}\n${why()}`);
}
