import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Outcome } from '../operate/operation';
import type { Request } from '../operate/plan';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { EXIT, type Exit, type Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
  /** False for `--no-wait`. */
  readonly wait?: boolean;
  readonly to?: string;
  readonly yes?: boolean;
}

/** What one operator's command differs in. */
export interface OperationCommand {
  readonly name: Request['command'];
  readonly description: string;
  readonly help: string;
  /** Adds what no other command has. */
  readonly options?: (command: Command) => Command;
  /** Whether it begins something that takes time. */
  readonly takesTime: boolean;
}

const EXITS: Readonly<Record<Outcome, Exit>> = {
  done: EXIT.ok,
  started: EXIT.ok,
  would: EXIT.ok,
  refused: EXIT.notOk,
  failed: EXIT.notOk,
  unknown: EXIT.unknown,
};

const EXIT_HELP = `Exit code 0: done. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast `;

/** A command that changes the leadership record, and follows what comes of it. */
export const operationCommand =
  ({ name, description, help, options, takesTime }: OperationCommand): AddCommand =>
  (program, terminal, finish) => {
    const command = program
      .command(name)
      .description(description)
      .option('--dry-run', 'only say what would happen')
      .option('--reason <text>', 'why; it is kept in the record')
      .addHelpText('after', `\n${help}\n${EXIT_HELP}${example(name)} --platform ops-center`);
    if (takesTime) command.option('--no-wait', 'do not wait for the end');
    options?.(command);
    command.action(async () => {
      const asked = command.optsWithGlobals<Options>();
      const platform = openPlatform(asked.platform, terminal);
      const { operate, operatorPorts, systemClock: clock } = load();
      const { outcome } = await operate(
        platform,
        requestOf(name, asked, terminal),
        operatorPorts(platform),
        terminal,
        {
          json: asked.json ?? false,
          dryRun: asked.dryRun ?? false,
          waits: takesTime && (asked.wait ?? true),
          agreed: asked.yes ?? false,
          clock,
          stop: terminal.interruption?.() ?? new AbortController().signal,
        },
      );
      finish(EXITS[outcome]);
    });
  };

const example = (name: Request['command']): string => (name === 'failover' ? 'failover --force' : name);

function requestOf(name: Request['command'], { to, reason }: Options, { environment }: Terminal): Request {
  const who = environment.USER ?? environment.USERNAME ?? userInfo().username;
  const sentence = reason === undefined ? `${who} asked for it.` : `${who} asked for it: ${reason}`;
  return { command: name, ...(to === undefined ? {} : { to }), id: randomUUID(), sentence };
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../operate/operation') as typeof import('../operate/operation')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
