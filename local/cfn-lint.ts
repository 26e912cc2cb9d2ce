import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const ENVIRONMENT = join(ROOT, '.local/cfn-lint');
/** The rules change with the version, so it is pinned. */
const VERSION = '1.51.0';

/** There is no cfn-lint here and none can be installed; the message says what to do. */
export class NoLinter extends Error {
  override readonly name = 'NoLinter';
}

/**
 * A cfn-lint of the pinned version: the one on the path, else one of the project's own below `.local/`, which is
 * installed if it is missing.
 * @param say gets one line if something is installed
 * @throws NoLinter
 */
export async function findCfnLint(say: (line: string) => void): Promise<string> {
  const own = join(ENVIRONMENT, 'bin/cfn-lint');
  for (const candidate of ['cfn-lint', own]) if (await isRight(candidate)) return candidate;
  say(`installing cfn-lint ${VERSION} into .local/cfn-lint (once, takes a minute)`);
  try {
    await run('python3', ['-m', 'venv', ENVIRONMENT], { timeout: 120_000 });
    await run(join(ENVIRONMENT, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', `cfn-lint==${VERSION}`], {
      timeout: 600_000,
    });
  } catch (cause) {
    const why = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new NoLinter(
      `Installing cfn-lint failed${why ? `: ${why}` : ''}. Install cfn-lint ${VERSION} (python3 -m pip install cfn-lint==${VERSION}) and try again.`,
      { cause },
    );
  }
  if (await isRight(own)) return own;
  throw new NoLinter(
    `pip installed no cfn-lint ${VERSION} into .local/cfn-lint; install it by hand and try again.`,
  );
}

async function isRight(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 60_000 });
    return stdout.includes(VERSION);
  } catch {
    return false;
  }
}
