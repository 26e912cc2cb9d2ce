import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(__dirname, '..');
const CDK = join(ROOT, 'node_modules/.bin/cdk');
/** Stacks that deploy at the same time, where the dependencies between them allow it. */
const CONCURRENCY = 4;

/** A command of the CDK failed; the message has the reasons and names the file with all that it printed. */
export class CdkFailed extends Error {
  override readonly name = 'CdkFailed';
}

export interface StackOutcome {
  readonly stack: string;
  readonly changed: boolean;
  /** Since the command began. */
  readonly seconds: number;
}

/** Runs the real CDK command line against an endpoint, with nothing of the user's settings or credentials. */
export class Cdk {
  private running: ChildProcess | undefined;

  /**
   * @param endpoint of the local AWS API
   * @param scratch directory for what the commands write
   * @param logFile gets everything they print
   */
  constructor(
    private readonly endpoint: string,
    private readonly scratch: string,
    private readonly logFile: string,
    private readonly account: string,
  ) {}

  /** Bootstraps the regions, all at the same time. */
  async bootstrap(regions: readonly string[], say: (line: string) => void): Promise<void> {
    const environments = regions.map((region) => `aws://${this.account}/${region}`);
    // Not in the project: its `cdk.json` would make the command synthesize first.
    const cwd = join(this.scratch, 'bootstrap');
    mkdirSync(cwd, { recursive: true });
    await this.run(['bootstrap', ...environments], cwd, (line) => {
      const region = /Environment aws:\/\/\d+\/(\S+) bootstrapped/.exec(line)?.[1];
      if (region !== undefined) say(`bootstrapped ${region}`);
    });
  }

  /**
   * `cdk deploy --all` with a synthesis of its own.
   * @param assembly directory for the templates
   * @param each is told of every stack that is done
   * @param more arguments of the command
   */
  async deploy(
    platform: string,
    assembly: string,
    each: (outcome: StackOutcome) => void,
    more: readonly string[] = [],
  ): Promise<StackOutcome[]> {
    const begun = performance.now();
    const outcomes: StackOutcome[] = [];
    const command = ['deploy', '--all', '--require-approval', 'never', '--concurrency', String(CONCURRENCY)];
    await this.run(
      [...command, '-c', `platform=${platform}`, '--output', assembly, ...more],
      ROOT,
      (line) => {
        const done = /✅\s+(\S+)( \(no changes\))?/.exec(line);
        if (!done?.[1]) return;
        const seconds = (performance.now() - begun) / 1000;
        const outcome = { stack: done[1], changed: done[2] === undefined, seconds };
        outcomes.push(outcome);
        each(outcome);
      },
    );
    return outcomes;
  }

  /** Ends a running command, and what it started. */
  stop(): void {
    const pid = this.running?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private async run(command: readonly string[], cwd: string, onLine: (line: string) => void): Promise<void> {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    log.write(`$ cdk ${command.join(' ')}\n`);
    const child = spawn(CDK, [...command, '--ci', 'true'], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.environment(),
    });
    this.running = child;
    const printed = follow(child, log, onLine);
    const code = await new Promise<number | null>((done, failed) => {
      child.once('error', failed);
      child.once('close', done);
    });
    this.running = undefined;
    await new Promise((done) => log.end(done));
    if (code !== 0)
      throw new CdkFailed(
        `cdk ${command[0]} failed:\n${failure(printed)}\nAll of its output: ${this.logFile}`,
      );
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.scratch,
      TMPDIR: this.scratch,
      LANG: 'en_US.UTF-8',
      CI: 'true',
      NO_COLOR: '1',
      NODE_NO_WARNINGS: '1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      // The CDK remembers there which account an access key is of.
      CDK_HOME: join(this.scratch, 'cdk-home'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }
}

interface Printed {
  readonly all: readonly string[];
  readonly errors: readonly string[];
}

/** @returns the lines so far, kept up to date: what a failure is told from */
function follow(child: ChildProcess, log: WriteStream, onLine: (line: string) => void): Printed {
  const all: string[] = [];
  const errors: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      all.push(line);
      // With `--ci` only errors are there.
      if (stream === child.stderr && line.trim() !== '') errors.push(line);
      onLine(line);
    });
  }
  return { all, errors };
}

/** What a person must see of a failed command: failed resources with their reasons, else its errors or last lines. */
function failure({ all, errors }: Printed): string {
  const reasons = new Set(
    all
      .filter((line) => /_FAILED/.test(line))
      .map((line) => line.replace(/^.*?\|\s*(?=\w+_FAILED)/, '').trim()),
  );
  const lines = reasons.size > 0 ? [...reasons] : (errors.length > 0 ? errors : all).slice(-15);
  return lines.map((line) => `  ${line}`).join('\n');
}
