import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const REQUIREMENTS = join(ROOT, 'local/aws-api/requirements.txt');
const ENVIRONMENT = join(ROOT, '.local/python');
/** Versions of moto whose insides the launcher knows. */
const MOTO = /^5\.2\./;

const ADVICE =
  'Install Python 3.10 or later with moto 5.2.1 (python3 -m pip install -r local/aws-api/requirements.txt) and try again.';

/** There is no Python here that can run the local AWS API; the message says what to do. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

/** @returns the version of moto that a Python can import with all that the launcher needs, or undefined */
async function motoOf(python: string): Promise<string | undefined> {
  const code =
    'import sys; assert sys.version_info >= (3, 10); import moto, boto3, flask, yaml, py_partiql_parser; print(moto.__version__)';
  try {
    const { stdout } = await run(python, ['-c', code], { timeout: 60_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

async function usable(python: string): Promise<boolean> {
  return MOTO.test((await motoOf(python)) ?? '');
}

/**
 * A Python that can run the local AWS API: the one on the path if it has moto, else an environment of the project
 * below `.local/`, which is made with the pinned requirements if it is missing.
 * @param say gets one line if something is installed
 * @throws NoPython
 */
export async function findPython(say: (line: string) => void = () => undefined): Promise<string> {
  const candidates = [process.env.HOLDFAST_PYTHON, 'python3', 'python', environmentPython()];
  for (const python of candidates) {
    if (python !== undefined && (await usable(python))) return python;
  }
  return install(say);
}

function environmentPython(): string {
  const posix = join(ENVIRONMENT, 'bin/python3');
  return existsSync(posix) || process.platform !== 'win32' ? posix : join(ENVIRONMENT, 'Scripts/python.exe');
}

async function install(say: (line: string) => void): Promise<string> {
  say('installing moto into .local/python (once)');
  try {
    await run('python3', ['-m', 'venv', ENVIRONMENT], { timeout: 120_000 });
    await run(environmentPython(), ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS], {
      timeout: 600_000,
    });
  } catch (error) {
    throw new NoPython(`The local AWS API needs Python with moto, and installing it failed. ${ADVICE}`, {
      cause: error,
    });
  }
  const python = environmentPython();
  if (await usable(python)) return python;
  throw new NoPython(`The installed moto is not one that the local AWS API knows. ${ADVICE}`);
}
