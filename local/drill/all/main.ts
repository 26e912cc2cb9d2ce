import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlatformFileError } from '../../../lib/config/problem';
import { UsageError } from '../../command-line';
import { ALL_USAGE, type PlannedDrill, readAllOptions } from './options';
import { allPassed, type Outcome, type Played, summary } from './summary';

/** Drills one platform after the other, each in a process of its own, and says at the end how each of them did. */

const ROOT = resolve(__dirname, '../../..');
const DRILL = resolve(__dirname, '../main.ts');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

let running: ChildProcess | undefined;
/** Exit status of the signal that ended it early. */
let stopped: number | undefined;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { drills, folder, help } = readAllOptions(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    root: ROOT,
  });
  if (help) {
    say(ALL_USAGE);
    return 0;
  }
  mkdirSync(folder, { recursive: true });
  const played: Played[] = [];
  for (const [i, drill] of drills.entries()) {
    say(`\n${i + 1} of ${drills.length}: ${drill.name}`);
    // What an earlier run left must not stand for this one.
    for (const { json } of drill.reports) rmSync(json, { force: true });
    await run(drill);
    if (stopped !== undefined) return stopped;
    played.push(...drill.reports.map(({ scenario, json }) => read(drill.name, scenario, json)));
  }
  say(`\n${summary(played)}\nReports: ${folder}`);
  return allPassed(played) ? 0 : 1;
}

/** What it says is seen as it says it. Whether it passed is in its report. */
function run({ args }: PlannedDrill): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', DRILL, ...args], { cwd: ROOT, stdio: 'inherit' });
  running = child;
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', () => {
      running = undefined;
      done();
    });
  });
}

function read(platform: string, scenario: string, json: string): Played {
  if (!existsSync(json)) return { platform, scenario };
  return { platform, scenario, report: JSON.parse(readFileSync(json, 'utf8')) as Outcome };
}

for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    stopped ??= code;
    // The drill stops what it has started; a second signal is of no consequence to it.
    if (running) running.kill(signal as NodeJS.Signals);
    else process.exit(code);
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${ALL_USAGE}\n`);
      process.exit(2);
    }
    const known = error instanceof PlatformFileError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
