import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { platformNames } from '../lib/config/load';
import { findCfnLint } from './cfn-lint';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const CDK = join(ROOT, 'node_modules/.bin/cdk');
const BUFFER = 64 * 2 ** 20;

/**
 * `npm run templates`: synthesizes every platform through the CDK's command line, strictly (aws-cdk-lib's own rules,
 * warnings count), with no credentials and with the network's proxies set to nowhere, and lints every template.
 */
async function main(): Promise<void> {
  const linter = await findCfnLint();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-templates-'));
  try {
    for (const platform of platformNames(ROOT)) {
      const output = join(folder, platform);
      await run(CDK, ['synth', '--quiet', '--strict', '-c', `platform=${platform}`, '--output', output], {
        cwd: ROOT,
        env: withoutAccount(folder),
        maxBuffer: BUFFER,
      });
      await run(linter, [`${output}/*.template.json`], { maxBuffer: BUFFER });
      process.stdout.write(`${platform}: synthesizes strictly, and cfn-lint has nothing to say\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
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

main().catch((error: unknown) => {
  const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${message}\n`);
  process.exitCode = 1;
});
