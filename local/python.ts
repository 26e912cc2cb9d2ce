import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const REQUIREMENTS = join(ROOT, 'local/aws-api/requirements.txt');
/** Versions of moto whose insides the launcher knows. */
const MOTO = /^5\.2\./;

const ADVICE =
  'Install Python 3.10 or later with moto 5.2.1 (python3 -m pip install -r local/aws-api/requirements.txt) and try again.';

/** Prints the version of moto if everything that the launcher needs can be imported. */
const PROBE =
  'import sys; assert sys.version_info >= (3, 10), "Python is older than 3.10"; import moto, boto3, flask, yaml, py_partiql_parser; print(moto.__version__)';

/** There is no Python here that can run the local AWS API; the message says what to do. */
export class NoPython extends Error {
  override readonly name = 'NoPython';
}

/** Where Python is looked for, and where one is made. */
export interface PythonPlace {
  /** `HOLDFAST_PYTHON` and `PATH` count. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the project's own environment. */
  readonly environment: string;
}

const HERE: PythonPlace = { env: process.env, environment: join(ROOT, '.local/python') };

/**
 * A Python that can run the local AWS API: the one that HOLDFAST_PYTHON names, else the one on the path if it has
 * moto, else an environment of the project below `.local/`, which is made with the pinned requirements if it is
 * missing.
 * @param say gets one line if something is installed
 * @throws NoPython
 */
export async function findPython(say: (line: string) => void, place: PythonPlace = HERE): Promise<string> {
  const named = place.env.HOLDFAST_PYTHON;
  if (named) {
    const problem = await problemOf(named, place);
    if (problem === undefined) return named;
    throw new NoPython(`HOLDFAST_PYTHON names ${named}, which cannot be used: ${problem}. ${ADVICE}`);
  }
  for (const python of ['python3', 'python', pythonOf(place.environment)]) {
    if ((await problemOf(python, place)) === undefined) return python;
  }
  return install(say, place);
}

/** @returns why a Python cannot run the local AWS API, or undefined if it can */
async function problemOf(python: string, { env }: PythonPlace): Promise<string | undefined> {
  try {
    const { stdout } = await run(python, ['-c', PROBE], { timeout: 60_000, env });
    const version = stdout.trim();
    return MOTO.test(version) ? undefined : `it has moto ${version} and not 5.2`;
  } catch (error) {
    return reason(error);
  }
}

/** The last line that a failed command wrote: there Python and pip say what is wrong. */
function reason(error: unknown): string {
  const { stderr, message, code, path } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT') return `there is no program ${path}`;
  return (stderr?.trim().split('\n').at(-1) || message).replace(/\.$/, '');
}

const pythonOf = (environment: string): string =>
  process.platform === 'win32' ? join(environment, 'Scripts/python.exe') : join(environment, 'bin/python3');

/** Made aside and renamed: two test runs may install at the same time, and half an installation is never found. */
async function install(say: (line: string) => void, place: PythonPlace): Promise<string> {
  const { env, environment } = place;
  say('installing moto, the local AWS API, into .local/python (once, takes a minute)');
  mkdirSync(dirname(environment), { recursive: true });
  const made = mkdtempSync(`${environment}-`);
  try {
    await run('python3', ['-m', 'venv', made], { timeout: 120_000, env });
    const command = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    await run(pythonOf(made), command, { timeout: 600_000, env });
    const problem = await problemOf(pythonOf(made), place);
    if (problem !== undefined) throw new Error(`what was installed cannot be used: ${problem}`);
    put(made, environment);
  } catch (cause) {
    const why = `The local AWS API needs Python with moto, and installing it failed: ${reason(cause)}.`;
    throw new NoPython(`${why} ${ADVICE}`, { cause });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return pythonOf(environment);
}

/** What stands there could not be used a moment ago, or another run has just put it there. */
function put(made: string, environment: string): void {
  if (existsSync(environment)) renameSync(environment, `${made}-old`);
  try {
    renameSync(made, environment);
  } finally {
    rmSync(`${made}-old`, { recursive: true, force: true });
  }
}
