import { InvalidArgumentError } from 'commander';
import type { NewService } from '../../lib/config/new-platform';
import { readServiceFlag } from '../init/service-flag';
import {
  addPlatformOptions,
  checkedField,
  PLATFORM_OPTIONS_HELP,
  type PlatformOptions,
} from '../new-file/platform-options';
import type { AddCommand } from './add-command';

interface Options extends PlatformOptions {
  readonly json?: boolean;
  readonly service?: readonly NewService[];
  readonly database?: string | boolean;
  readonly cache?: boolean;
  readonly yes?: boolean;
  readonly out?: string;
  readonly dryRun?: boolean;
}

const HELP = `
${PLATFORM_OPTIONS_HELP}
What no flag says is asked for; without a terminal, or with --yes, it takes its default.
A file that exists is never written over. Exit code 0: written. 1: not written. 2: wrong use.

Example:
  npx holdfast init --yes --name shop --domain shop.example.com \\
    --service name=web,image=web:1.0.0,port=8080,path=/*,health=/health`;

const several = (value: string, before: readonly NewService[] = []): readonly NewService[] => {
  const service = readServiceFlag(value);
  if (before.some(({ name }) => name === service.name))
    throw new InvalidArgumentError(`There are two services ${service.name}.`);
  return [...before, service];
};

/** `holdfast init`: a first platform file, by questions or by flags. */
export const init: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('init')
    .description('Asks what a platform is to be, and writes its file.')
    .option('--service <what>', 'name=,image=,port=,path=,health= of one; again for others', several)
    .option('--database [name]', 'with a database', checkedField('database'))
    .option('--no-database', 'without one')
    .option('--cache', 'with a cache')
    .option('--no-cache', 'without one')
    .option('-y, --yes', 'ask nothing')
    .option('--out <file>', 'where the platform file goes; platform.yaml if left out')
    .option('--dry-run', 'only print it')
    .addHelpText('after', HELP);
  addPlatformOptions(command);
  command.action(async () => {
    const { json, service, database, cache, yes, out, dryRun, ...platform } =
      command.optsWithGlobals<Options>();
    const flags = { ...platform, services: service ?? [], database, cache };
    finish(
      await load().runInit(
        { flags, yes: yes ?? false, out, dryRun: dryRun ?? false, json: json ?? false },
        terminal,
      ),
    );
  });
};

/** Only when it is called: other commands write no platform files. */
const load = () => require('../init/run') as typeof import('../init/run');
