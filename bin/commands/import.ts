import {
  addPlatformOptions,
  PLATFORM_OPTIONS_HELP,
  type PlatformOptions,
} from '../new-file/platform-options';
import type { AddCommand } from './add-command';

interface Options extends PlatformOptions {
  readonly json?: boolean;
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

const HELP = `
${PLATFORM_OPTIONS_HELP}
Values of secrets never come into the file. Exit code 0: written. 1: the file is in the way.
2: the Compose files cannot be imported; nothing is written.

Example:
  npx holdfast import docker-compose.yml --name shop --out platforms/shop.yaml`;

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `holdfast import`: a platform file from Compose files. */
export const importCommand: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('import')
    .description('Writes a platform file from Compose files, and says what it could not carry over.')
    .summary('Writes a platform file from Compose files.')
    .argument('[files...]', 'Compose files, the later over the earlier; else those that Compose finds')
    .option('-f, --file <file>', 'another Compose file, as for Compose', several)
    .option('--profile <name>', 'also services of this profile; * for all', several)
    .option('--env-file <file>', 'variables in place of .env', several)
    .option('--out <file>', 'where the platform file goes; platform.yaml if left out')
    .option('--force', 'write over a file that exists')
    .option('--dry-run', 'only print it')
    .addHelpText('after', HELP);
  addPlatformOptions(command);
  command.action((files: readonly string[]) => {
    const { json, file, envFile, profile, out, force, dryRun, ...platform } =
      command.optsWithGlobals<Options>();
    finish(
      load().runImport(
        {
          ...platform,
          files: [...(file ?? []), ...files],
          envFiles: envFile ?? [],
          profiles: profile ?? [],
          out,
          force: force ?? false,
          dryRun: dryRun ?? false,
          json: json ?? false,
        },
        terminal,
      ),
    );
  });
};

/** Only when it is called: other commands read no Compose files. */
const load = () => require('../import/run') as typeof import('../import/run');
