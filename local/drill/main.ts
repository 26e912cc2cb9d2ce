import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Platform } from '../../lib/config/platform';
import { PlatformFileError } from '../../lib/config/problem';
import { CdkFailed } from '../cdk';
import { UsageError } from '../command-line';
import { NoPython } from '../python';
import { acknowledged } from './account';
import { drill } from './drill';
import type { DrillReport, RequestRecord } from './model';
import { DRILL_USAGE, type DrillCommand, readDrillOptions } from './options';
import { atPace, PACE, platformFile } from './pace';
import { makeFolders, writeReport } from './report/write';
import { makeTable } from './table';
import { type DrillTerminal, makeTerminal } from './terminal';
import { BadDeployment, World } from './world';
import { NothingToWrite, writablePath } from './writable-path';

const ROOT = resolve(__dirname, '../..');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** What runs; set as soon as there is something. */
let world: World | undefined;
/** Logs that nobody wanted to keep. */
let scratch: string | undefined;
let stopping = false;

async function main(): Promise<number> {
  const options = readDrillOptions(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    root: ROOT,
  });
  if (options.help) {
    process.stdout.write(`${DRILL_USAGE}\n`);
    return 0;
  }
  const { path, platform } = platformFile(options.source, ROOT);
  makeFolders(options);
  const logs = options.logs ?? mkdtempSync(join(tmpdir(), 'holdfast-drill-logs-'));
  if (options.logs === undefined) scratch = logs;
  mkdirSync(logs, { recursive: true });
  const terminal = makeTerminal(platform);
  let passed = false;
  try {
    passed = await play(options, path, platform, logs, terminal);
    return passed ? 0 : 1;
  } finally {
    if (!stopping) {
      await world?.stop();
      if (passed) removeScratch();
      if (!passed || options.logs !== undefined) terminal.say(`The logs are in ${logs}.`);
    }
  }
}

function removeScratch(): void {
  if (scratch !== undefined)
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** @returns whether every expectation of every scenario held */
async function play(
  options: DrillCommand,
  path: string,
  platform: Platform,
  logs: string,
  terminal: DrillTerminal,
): Promise<boolean> {
  const pace = PACE[options.pace];
  const target = writablePath(platform);
  const file = join(logs, `${platform.name}.yaml`);
  const text = atPace(path, platform, pace);
  writeFileSync(file, text);
  world = World.plan({ text, file, pace, logs, say: terminal.say, checked: options.checkDeployment });
  await world.begin();
  await makeTable(world, 'home');
  await world.ready();
  const leftBehind: RequestRecord[] = [];
  for (const [i, scenario] of options.scenarios.entries()) {
    terminal.begin(scenario);
    const report = await drill({
      world,
      scenario,
      platformFile: file,
      path: target,
      size: options.load,
      leftBehind,
      told: terminal,
    });
    terminal.end(report, writeReport(report, options));
    leftBehind.push(...missedIn(report));
    if (report.verdict === 'passed') continue;
    const left = options.scenarios.slice(i + 1).map(({ name }) => name);
    // Whatever it was broken off in is still so: the network, the databases, who leads.
    if (left.length > 0) terminal.say(`Not played after a scenario that failed: ${left.join(', ')}.`);
    return false;
  }
  return true;
}

/** Acknowledged writes that the database that leads does not have at the end of a scenario. */
function missedIn({ requests, account }: DrillReport): RequestRecord[] {
  const missing = new Set(account.missing.map(({ id }) => id));
  return acknowledged(requests).filter(({ id }) => id !== undefined && missing.has(id));
}

/** A second signal while stopping is ignored: stopping takes seconds. */
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`${signal}: stopping what was started\n`);
    void (world?.stop() ?? Promise.resolve()).finally(() => {
      removeScratch();
      process.exit(code);
    });
  });
}

main().then(
  (code) => {
    if (!stopping) process.exit(code);
  },
  (error: unknown) => {
    if (stopping) return;
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${DRILL_USAGE}\n`);
      process.exit(2);
    }
    const known =
      error instanceof CdkFailed ||
      error instanceof NoPython ||
      error instanceof PlatformFileError ||
      error instanceof NothingToWrite ||
      error instanceof BadDeployment;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
