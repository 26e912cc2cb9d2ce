import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { likelyMeaning } from '../lib/config/suggest';

export const USAGE = `npm run deploy:local -- [options]

  --platform NAME|PATH  default: HOLDFAST_PLATFORM, else platform.yaml, else the example ops-center
  --json FILE           writes the report there
  --keep-logs DIR       keeps what the CDK, the server and the functions wrote
  --once                no second deployment
  --keep-running        afterwards the API stays until Ctrl-C
  --no-images           the repositories stay empty: every service starts with no task
  --help                prints this`;

const OPTIONS = {
  platform: { type: 'string' },
  json: { type: 'string' },
  'keep-logs': { type: 'string' },
  'keep-running': { type: 'boolean' },
  once: { type: 'boolean' },
  'no-images': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** The command line is wrong; the message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface DeployOptions {
  /** A name below `platforms/` or the absolute path of a file. */
  readonly source: string;
  /** Where `source` comes from, for a person. */
  readonly chosenBy: string;
  readonly json?: string;
  readonly logs?: string;
  readonly once: boolean;
  readonly keepRunning: boolean;
  readonly images: boolean;
  readonly help: boolean;
}

export interface Surroundings {
  /** `HOLDFAST_PLATFORM` counts, and `INIT_CWD`: where npm was called. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Of the project. */
  readonly root: string;
}

/** @throws UsageError */
export function readOptions(args: readonly string[], around: Surroundings): DeployOptions {
  const values = parsed(args);
  const { source, chosenBy } = choose(values.platform, around);
  const place = (path: string): string => resolve(around.env.INIT_CWD ?? around.cwd, path);
  return {
    source,
    chosenBy,
    ...(values.json !== undefined && { json: place(values.json) }),
    ...(values['keep-logs'] !== undefined && { logs: place(values['keep-logs']) }),
    once: values.once ?? false,
    keepRunning: values['keep-running'] ?? false,
    images: !values['no-images'],
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  // Not strict by itself: its messages are about positional arguments that this command does not have.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`${token.value} is not an option; they begin with --.`);
    if (token.kind === 'option') checkOption(token.name, token.rawName, token.value);
  }
  return parseArgs({ args: [...args], options: OPTIONS }).values;
}

function checkOption(name: string, written: string, value: string | undefined): void {
  const names = Object.keys(OPTIONS);
  if (!names.includes(name)) {
    const meant = likelyMeaning(name, names);
    throw new UsageError(
      `There is no option ${written}${meant === undefined ? '.' : `; did you mean --${meant}?`}`,
    );
  }
  const { type } = OPTIONS[name as keyof typeof OPTIONS];
  if (type === 'string' && (value === undefined || value === '' || value.startsWith('--')))
    throw new UsageError(`${written} needs a value.`);
  if (type === 'boolean' && value !== undefined) throw new UsageError(`${written} takes no value.`);
}

function choose(option: string | undefined, { env, cwd, root }: Surroundings) {
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
