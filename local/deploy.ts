import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPlatform } from '../lib/config/load';
import { PlatformFileError } from '../lib/config/problem';
import { CdkFailed } from './cdk';
import { UsageError } from './command-line';
import { LocalDeployment } from './deploy-local';
import { readOptions, USAGE } from './deploy-options';
import { NoPython } from './python';
import { render } from './report';

const ROOT = resolve(__dirname, '..');
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

// The SDK would tell on every run that it will drop Node 20 one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), { env: process.env, cwd: process.cwd(), root: ROOT });
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const begun = performance.now();
  const say = (line: string): void =>
    void process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
  const platform = loadPlatform(options.source, { root: ROOT });
  say(`platform ${platform.name} (${options.chosenBy})`);
  const deployment = new LocalDeployment({
    platform,
    source: options.source,
    again: !options.once,
    images: options.images,
    ...(options.logs !== undefined && { logs: options.logs }),
    say,
  });
  stopOnSignals(deployment);
  try {
    const report = await deployment.run();
    process.stdout.write(`${render(report)}\n`);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (options.keepRunning) await untilStopped(deployment.endpoint);
    return report.verdict === 'ok' ? 0 : 1;
  } finally {
    await deployment.stop();
  }
}

/** Says how to reach the API, and never ends by itself. */
function untilStopped(endpoint: string): Promise<never> {
  const settings = `AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`;
  process.stdout.write(
    `The API runs until Ctrl-C. Try: ${settings} aws rds describe-db-instances --region us-east-1\n`,
  );
  return new Promise(() => setInterval(() => undefined, 60_000));
}

/** Set by the first signal; then only its handler ends the process. */
let stopping = false;

/** The second signal while stopping is ignored: stopping takes seconds at most. */
function stopOnSignals(deployment: LocalDeployment): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      process.stdout.write(`${signal}: stopping what was started\n`);
      void deployment.stop().finally(() => process.exit(code));
    });
  }
}

main().then(
  (code) => {
    if (!stopping) process.exit(code);
  },
  (error: unknown) => {
    // The command that a signal ended fails too.
    if (stopping) return;
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${USAGE}\n`);
      process.exit(2);
    }
    const known =
      error instanceof CdkFailed || error instanceof NoPython || error instanceof PlatformFileError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
