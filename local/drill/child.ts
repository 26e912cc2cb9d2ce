import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { PlatformFileError } from '../../lib/config/problem';
import { UsageError } from '../command-line';

/** Drills in processes of their own, one after another: a signal ends the one that runs, and no other begins. */

export const ROOT = resolve(__dirname, '../..');
const DRILL = resolve(__dirname, 'main.ts');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

let running: ChildProcess | undefined;
let stopped: number | undefined;

/** @returns exit status of the signal that ended it early; undefined if none did */
export const stoppedBy = (): number | undefined => stopped;

/**
 * Runs a drill; what it says is seen as it says it.
 * @param env beside that of this process
 * @param started hears its number
 * @returns its exit status; that of the signal if one has come before
 */
export function runDrill(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  started: (pid: number) => void = () => undefined,
): Promise<number> {
  if (stopped !== undefined) return Promise.resolve(stopped);
  const child = spawn(process.execPath, ['--import', 'tsx', DRILL, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  running = child;
  if (child.pid !== undefined) started(child.pid);
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      running = undefined;
      done(code ?? 1);
    });
  });
}

/**
 * Runs a command of drills and ends this process: with its status, 2 after wrong use, 1 if it fails.
 * @param main ends soon once `stoppedBy` says so
 */
export function begin(main: () => Promise<number>, usage: string): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      stopped ??= code;
      // The drill stops what it has started; a second signal is of no consequence to it. Between two drills this process
      // comes to its end by itself: nothing begins any more.
      running?.kill(signal as NodeJS.Signals);
    });
  }
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      if (error instanceof UsageError) {
        process.stderr.write(`${error.message}\n\n${usage}\n`);
        process.exit(2);
      }
      const known = error instanceof PlatformFileError;
      process.stderr.write(
        `${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
      );
      process.exit(1);
    },
  );
}
