import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { loadPlatform, parsePlatform, platformNames } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { PlatformFileError } from '../../lib/config/problem';
import type { PlatformFile } from '../../lib/cost/compare/tiers';

const isPath = (name: string): boolean => /[/\\]|\.ya?ml$/.test(name);

const pathOf = (nameOrPath: string, root: string): string =>
  isPath(nameOrPath) ? nameOrPath : join(root, 'platforms', `${nameOrPath}.yaml`);

/**
 * The text of a platform file beside what it says.
 * @param nameOrPath as `loadPlatform` takes it
 * @throws PlatformFileError as `loadPlatform` does
 */
export function platformFile(nameOrPath: string, root: string): PlatformFile {
  const platform = loadPlatform(nameOrPath, { root });
  const path = pathOf(nameOrPath, root);
  return { text: readFileSync(path, 'utf8'), file: relative(root, resolve(path)), platform };
}

/**
 * The platform that another one is compared with.
 * @param against a platform's name, the path of a file, or a revision in which git has the file
 * @param nameOrPath the file of the platform itself
 * @throws PlatformFileError if it is none of them, or with what is wrong with the file
 */
export function platformAgainst(against: string, nameOrPath: string, root: string): Platform {
  if (isPath(against) || platformNames(root).includes(against)) return loadPlatform(against, { root });
  const path = relative(root, resolve(pathOf(nameOrPath, root)));
  const file = `${against}:${path}`;
  if (!existsSync(join(root, '.git')))
    throw new PlatformFileError(against, [
      `${against}: there is no such platform, and no git repository here.`,
    ]);
  return parsePlatform(inGit(root, against, path, file), file);
}

function inGit(root: string, revision: string, path: string, file: string): string {
  try {
    return execFileSync('git', ['show', '--end-of-options', `${revision}:./${path}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch {
    throw new PlatformFileError(file, [
      `${file}: neither a platform nor a revision in which git has this file. Name one with --against.`,
    ]);
  }
}
