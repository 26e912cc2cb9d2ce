import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { platformNames } from '../lib/config/load';
import { findCfnLint, NoLinter } from './cfn-lint';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const CDK = join(ROOT, 'node_modules/.bin/cdk');
const BUFFER = 64 * 2 ** 20;
/** One synthesis uses little more than one core. */
const AT_ONCE = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * `npm run templates`: synthesizes every platform through the CDK's command line, strictly (aws-cdk-lib's own rules,
 * warnings count), with no credentials and with the network's proxies set to nowhere, and lints every template.
 * @returns the number of platforms with something wrong
 */
async function main(): Promise<number> {
  const linter = await findCfnLint(say);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-templates-'));
  const waiting = platformNames(ROOT);
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let platform = waiting.shift(); platform !== undefined; platform = waiting.shift()) {
      if (!(await check(platform, folder, linter))) failed += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns whether all is well; what is not has been printed */
async function check(platform: string, folder: string, linter: string): Promise<boolean> {
  say(`${platform}: synthesizing strictly, then linting`);
  const begun = performance.now();
  const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  const output = join(folder, platform);
  try {
    await run(CDK, ['synth', '--quiet', '--strict', '-c', `platform=${platform}`, '--output', output], {
      cwd: ROOT,
      env: withoutAccount(folder),
      maxBuffer: BUFFER,
    });
    await run(linter, [`${output}/*.template.json`], { maxBuffer: BUFFER });
    say(`${platform}: ok after ${seconds()}: synthesizes strictly, and cfn-lint has nothing to say`);
    return true;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    process.stderr.write(
      `${stdout ?? ''}${stderr ?? ''}${platform}: failed after ${seconds()}: ${message}\n`,
    );
    return false;
  }
}

/** Nothing to sign with, and nowhere to go: a synth that asks AWS fails at once. */
function withoutAccount(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    CI: 'true',
    NO_COLOR: '1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
  };
}

main().then(
  (failed) => {
    if (failed > 0) process.exitCode = 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof NoLinter ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
