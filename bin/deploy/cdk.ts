import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HoldfastError } from '../../lambda/runtime/errors';
import type { Cdk } from './ports';

/** Stacks that deploy at the same time, where the dependencies between them allow it. */
const CONCURRENCY = 4;
const LAST_LINES = 12;

/** A command of the CDK failed. */
export class CdkFailed extends HoldfastError {
  constructor(
    readonly command: string,
    /** Failed resources with their reasons; else the last that it said. */
    readonly reasons: readonly string[],
    /** File with all that it printed. */
    readonly logFile: string,
  ) {
    super(`cdk ${command} failed: ${reasons.join('; ')}. All that it printed: ${logFile}`);
  }
}

/**
 * Runs the CDK's command line of this project, with the settings and credentials of the caller.
 * @param root folder of the project
 * @param newLogFile makes the file that gets everything the commands print; called by the first of them
 * @param environment of the commands
 */
export function cdkCommand(root: string, newLogFile: () => string, environment: NodeJS.ProcessEnv): Cdk {
  let logFile: string | undefined;
  const run = async (command: readonly string[], onLine: (line: string) => void): Promise<void> => {
    logFile ??= newLogFile();
    const log = createWriteStream(logFile, { flags: 'a' });
    log.write(`$ cdk ${command.join(' ')}\n`);
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/aws-cdk/bin/cdk'), ...command, '--ci', 'true'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...environment,
          NO_COLOR: '1',
          CI: 'true',
          CDK_DISABLE_CLI_TELEMETRY: 'true',
          NODE_NO_WARNINGS: '1',
        },
      },
    );
    const printed = listen(child, log, onLine);
    const code = await ended(child);
    await new Promise((done) => log.end(done));
    if (code !== 0) throw new CdkFailed(command[0] ?? '', reasonsIn(printed), logFile);
  };
  const nobody = (): void => {};
  return {
    synth: (platform, first, folder) =>
      run(
        ['synth', '--quiet', '--output', folder, '-c', `platform=${platform}`, '-c', `first=${first}`],
        nobody,
      ),
    diff: (folder, onLine) =>
      run(['diff', '--app', folder, '--method', 'template', '--fail-on', 'never'], onLine),
    deploy: (folder, onLine) =>
      run(
        [
          'deploy',
          '--all',
          '--app',
          folder,
          '--require-approval',
          'never',
          '--progress',
          'events',
          '--concurrency',
          String(CONCURRENCY),
        ],
        onLine,
      ),
  };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });

/** @returns the lines so far, kept up to date: what a failure is told from */
function listen(child: ChildProcess, log: WriteStream, onLine: (line: string) => void): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      lines.push(line);
      onLine(line);
    });
  }
  return lines;
}

/** What a person must see of a failed command. */
export function reasonsIn(lines: readonly string[]): string[] {
  const failed = lines
    .filter((line) => /\b(CREATE|UPDATE|DELETE)_FAILED\b/.test(line))
    .map((line) =>
      line
        .replace(/^.*?\|\s*(?=\w+_FAILED)/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
  if (failed.length > 0) return [...new Set(failed)];
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LAST_LINES);
}
