import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PlatformFileError } from '../../lib/config/problem';
import { CdkFailed } from '../cdk';
import { UsageError } from '../command-line';
import { NoPython } from '../python';
import { drill } from './drill';
import { DRILL_USAGE, readDrillOptions } from './options';
import { atPace, PACE, platformFile } from './pace';
import { writeReport } from './report/write';
import { makeTable } from './table';
import { makeTerminal } from './terminal';
import { World } from './world';
import { writablePath } from './writable-path';

const ROOT = resolve(__dirname, '../..');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Ends what was started; set as soon as there is something. */
let stop: (() => Promise<void>) | undefined;
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
  const pace = PACE[options.pace];
  const logs = options.logs ?? mkdtempSync(join(tmpdir(), 'holdfast-drill-logs-'));
  mkdirSync(logs, { recursive: true });
  const file = join(logs, `${platform.name}.yaml`);
  const text = atPace(path, platform, pace);
  writeFileSync(file, text);
  const terminal = makeTerminal(platform);
  const target = writablePath(platform);
  let failed = false;
  try {
    const starting = World.start({ text, file, pace, logs, say: terminal.say });
    stop = async () => (await starting.catch(() => undefined))?.stop();
    const world = await starting;
    await makeTable(world, 'home');
    await world.ready();
    for (const scenario of options.scenarios) {
      terminal.begin(scenario);
      const report = await drill({ world, scenario, platformFile: file, path: target, told: terminal });
      const written = writeReport(report, options);
      terminal.end(report, written);
      failed ||= report.verdict === 'failed';
    }
    return failed ? 1 : 0;
  } finally {
    if (!stopping) await stop?.();
    if (options.logs === undefined && !failed) rmSync(logs, { recursive: true, force: true });
    else terminal.say(`The logs are in ${logs}.`);
  }
}

/** A second signal while stopping is ignored: stopping takes seconds. */
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write(`${signal}: stopping what was started\n`);
    void (stop?.() ?? Promise.resolve()).finally(() => process.exit(code));
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
      error instanceof CdkFailed || error instanceof NoPython || error instanceof PlatformFileError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
