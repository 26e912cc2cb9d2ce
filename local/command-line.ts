import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { likelyMeaning } from '../lib/config/suggest';

/** What the command lines of this folder have in common: known options only, and how a platform is chosen. */

/** The command line is wrong; the message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Surroundings {
  /** `HOLDFAST_PLATFORM` counts, and `INIT_CWD`: where npm was called. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Of the project. */
  readonly root: string;
}

export interface ChosenPlatform {
  /** A name below `platforms/` or the absolute path of a file. */
  readonly source: string;
  /** Where `source` comes from, for a person. */
  readonly chosenBy: string;
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** @throws UsageError */
export function parseOptions<const T extends Options>(args: readonly string[], options: T) {
  // Not strict by itself: its messages are about positional arguments that no command has.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`${token.value} is not an option; they begin with --.`);
    if (token.kind === 'option') checkOption(options, token.name, token.rawName, token.value);
  }
  return parseArgs({ args: [...args], options }).values;
}

function checkOption(options: Options, name: string, written: string, value: string | undefined): void {
  const names = Object.keys(options);
  const known = options[name];
  if (!known) {
    const meant = likelyMeaning(name, names);
    throw new UsageError(
      `There is no option ${written}${meant === undefined ? '.' : `; did you mean --${meant}?`}`,
    );
  }
  if (known.type === 'string' && (value === undefined || value === '' || value.startsWith('--')))
    throw new UsageError(`${written} needs a value.`);
  if (known.type === 'boolean' && value !== undefined) throw new UsageError(`${written} takes no value.`);
}

/** @returns a path as the user meant it: from where npm was called */
export const placeOf = (path: string, { env, cwd }: Surroundings): string =>
  resolve(env.INIT_CWD ?? cwd, path);

export function choosePlatform(option: string | undefined, { env, cwd, root }: Surroundings): ChosenPlatform {
  const named = (source: string): string => {
    if (!/[/\\]|\.ya?ml$/.test(source)) return source;
    const places = [env.INIT_CWD, cwd, root].flatMap((folder) => (folder ? [resolve(folder, source)] : []));
    return places.find((path) => existsSync(path)) ?? source;
  };
  if (option !== undefined) return { source: named(option), chosenBy: 'named by --platform' };
  if (env.HOLDFAST_PLATFORM)
    return { source: named(env.HOLDFAST_PLATFORM), chosenBy: 'named by HOLDFAST_PLATFORM' };
  const own = join(root, 'platform.yaml');
  if (existsSync(own)) return { source: own, chosenBy: 'the platform.yaml of this project' };
  return { source: 'ops-center', chosenBy: 'the example; name another one with --platform' };
}
