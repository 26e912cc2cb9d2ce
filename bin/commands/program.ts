import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { PlatformFileError } from '../../lib/config/problem';
import { explain } from '../operate/failures';
import { COMMANDS } from '.';
import { groupOf } from './groups';
import { EXIT, type Exit, type Terminal } from './terminal';

const DESCRIPTION = 'A container platform in two AWS regions, writable when one disappears.';
/** Under this heading stands what no group has, and the help itself. */
const OTHERS = 'Others:';
const HELP = `
Example:
  npx holdfast check --platform ops-center`;

/**
 * Runs one command line.
 * @param args without the names of node and of the script
 * @returns the exit code; whatever happens is said on the terminal in sentences, never as a stack trace
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<Exit> {
  let exit: Exit = EXIT.ok;
  const program = new Command('holdfast')
    .description(DESCRIPTION)
    .version(versionOf(terminal.root), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('-p, --platform <name or path>', 'platform; else HOLDFAST_PLATFORM, else platform.yaml')
    .option('--json', 'print JSON for programs')
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: Math.min(terminal.columns ?? 100, 100),
      subcommandTerm: term,
    })
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('Run `npx holdfast --help` to see what there is.')
    .exitOverride()
    .addHelpText('after', HELP);
  for (const command of COMMANDS) {
    command(program, terminal, (code) => {
      exit = code;
    });
  }
  for (const command of program.commands) command.helpGroup(groupOf(command.name()) ?? OTHERS);
  pointToItsHelp(program, 'npx holdfast');
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
    if (error instanceof PlatformFileError) {
      terminal.err(`${error.message}\n`);
      return EXIT.wrongUse;
    }
    terminal.err(`holdfast: ${explain(error)}\n`);
    return EXIT.notOk;
  }
}

/** A wrong use of a command is answered by the help of that command, not by that of all. */
function pointToItsHelp(command: Command, line: string): void {
  for (const one of command.commands) {
    const own = `${line} ${one.name()}`;
    one.showHelpAfterError(`See \`${own} --help\`.`);
    pointToItsHelp(one, own);
  }
}

/** A command in the list of all: its arguments, and not that it has options, which all have. */
const term = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((one) => {
      const name = `${one.name()}${one.variadic ? '...' : ''}`;
      return one.required ? `<${name}>` : `[${name}]`;
    }),
  ].join(' ');

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
