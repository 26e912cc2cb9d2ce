import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { platformNames } from '../lib/config/load';
import { PlatformFileError } from '../lib/config/problem';

/** The file that is meant if nobody names one. */
const OWN_FILE = 'platform.yaml';

/**
 * Which platform is meant: what the command line says, else the environment (HOLDFAST_PLATFORM), else `platform.yaml`.
 * There is no other default: nobody should deploy an example by accident.
 * @returns a name below `platforms/` or a path
 * @throws PlatformFileError if nothing is named
 */
export function choosePlatform(root: string, ...named: readonly unknown[]): string {
  for (const name of named) if (typeof name === 'string' && name !== '') return name;
  const own = join(root, OWN_FILE);
  if (existsSync(own)) return own;
  throw new PlatformFileError(OWN_FILE, [
    `No platform is named. Say \`-c platform=<name or path>\` to cdk or \`--platform <name or path>\` to holdfast (a name is one of ${platformNames(root).join(', ')}), set HOLDFAST_PLATFORM, or write ${OWN_FILE} here.`,
  ]);
}
