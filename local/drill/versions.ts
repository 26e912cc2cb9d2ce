import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findPython } from '../python';
import type { Side } from './model';
import { withDatabase } from './table';
import type { World } from './world';

/** What a drill was made with. */

const ROOT = resolve(__dirname, '../..');
const PYTHON = 'import platform, moto; print(platform.python_version(), moto.__version__)';
const UNKNOWN = 'unknown';

/** @param leader whose database is asked @returns name -> version; `unknown` for what does not tell */
export async function versionsOf(world: World, leader: Side): Promise<Readonly<Record<string, string>>> {
  const [python = UNKNOWN, moto = UNKNOWN] = await known(pythonAndMoto, []);
  return {
    Holdfast: packageVersion(ROOT),
    'aws-cdk': packageVersion(join(ROOT, 'node_modules/aws-cdk')),
    'aws-cdk-lib': packageVersion(join(ROOT, 'node_modules/aws-cdk-lib')),
    PostgreSQL: await known(() => serverVersion(world, leader), UNKNOWN),
    moto,
    Python: python,
    'Node.js': process.version.slice(1),
  };
}

/** @param folder of a package that is installed */
export function packageVersion(folder: string): string {
  const found: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const hasVersion = typeof found === 'object' && found !== null && 'version' in found;
  return hasVersion ? String(found.version) : UNKNOWN;
}

async function pythonAndMoto(): Promise<readonly string[]> {
  const python = await findPython(() => undefined);
  const { stdout } = await promisify(execFile)(python, ['-c', PYTHON], { timeout: 60_000 });
  return stdout.trim().split(' ');
}

const serverVersion = (world: World, leader: Side): Promise<string> =>
  withDatabase(world, leader, async (session) => {
    const { rows } = await session.query<{ version: string }>(
      "SELECT current_setting('server_version') AS version",
    );
    return rows[0]?.version ?? UNKNOWN;
  });

/** The report is made also where something does not answer any more: what it is about may be the reason. */
async function known<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch {
    return otherwise;
  }
}
