import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Platform } from './platform';
import { isWithin, PlatformFileError } from './problem';
import { readDocument } from './repair';
import { resolvePlatform } from './resolve';
import { checkRules } from './rules';
import { valueAt } from './schema-walk';
import { readSource } from './source';
import { likelyMeaning } from './suggest';

/**
 * Reads the text of a platform file.
 * @param file as it is to appear in messages
 * @throws PlatformFileError with all problems at once, in the order of their lines
 */
export function parsePlatform(text: string, file: string): Platform {
  const source = readSource(text, file);
  const { document, problems, damaged } = readDocument(source.data);
  // Of a key that is written twice only one half is in the data: nothing is concluded from what that lacks.
  const halves = source.repeated.map(({ path }) => path);
  const present = problems.filter(
    ({ path }) => valueAt(source.data, path) !== undefined || !halves.some((half) => isWithin(path, half)),
  );
  const broken = document ? checkRules(document, source.data, [...damaged, ...halves]) : [];
  const all = [...source.repeated, ...present, ...broken];
  if (!document || all.length > 0) throw new PlatformFileError(file, source.format(all));
  return resolvePlatform(document);
}

/** Whether a platform is named by a path: what has a slash or ends in .yaml or .yml. */
export const isPath = (nameOrPath: string): boolean => /[/\\]|\.ya?ml$/.test(nameOrPath);

/**
 * Loads a platform by its name below `platforms/`, or by a path.
 * @param nameOrPath what has a slash or ends in .yaml or .yml is a path, everything else a name
 * @param options.root folder that holds `platforms/`
 * @throws PlatformFileError if there is no such file, or with everything that is wrong with it
 */
export function loadPlatform(nameOrPath: string, { root }: { readonly root: string }): Platform {
  const isFile = isPath(nameOrPath);
  const path = isFile ? nameOrPath : join(root, 'platforms', `${nameOrPath}.yaml`);
  if (!existsSync(path)) {
    const message = isFile ? 'there is no such file.' : noSuchPlatform(nameOrPath, root);
    throw new PlatformFileError(nameOrPath, [`${nameOrPath}: ${message}`]);
  }
  return parsePlatform(readFileSync(path, 'utf8'), isFile ? nameOrPath : relative(root, path));
}

/** @returns the names of the platforms below `platforms/`, in alphabetical order */
export function platformNames(root: string): string[] {
  const folder = join(root, 'platforms');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

function noSuchPlatform(name: string, root: string): string {
  const names = platformNames(root);
  const meant = likelyMeaning(name, names);
  return [
    'there is no such platform;',
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    names.length > 0 ? `platforms/ holds ${names.join(', ')}.` : 'platforms/ is empty.',
  ].join(' ');
}
