import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import type { Terminal } from './terminal';
import { wholeNumber } from './whole-number';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly epoch?: number;
  readonly list?: string;
  readonly sql?: string;
  readonly transactions?: string;
}

const HELP = `
Lists time, tables and rows of each, and whether the rows were changed since. It changes no
database: what is wanted back is written as SQL, for a person to read and to run. What the archive
lacks is read from the old side, or told as an interval.
Exit code 0: listed. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast salvage --platform ops-center --sql salvage.sql`;

/** `holdfast salvage`: what did a failover lose? */
export const salvage: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('salvage')
    .description('After a failover: which transactions did not make it?')
    .option('--epoch <n>', 'epoch that was left; the last one if left out', wholeNumber)
    .option('--list <file>', 'write the list with all rows as JSON')
    .option('--sql <file>', 'write the SQL that applies transactions once')
    .option('--transactions <xid,...>', 'which; all that nothing stands against if left out')
    .option('--dry-run', 'write no file')
    .addHelpText('after', HELP);
  command.action(async () => {
    const asked = command.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const { telling, EXITS, runSalvage, recoveryPorts, explain, systemClock: clock } = load();
    const { json = false, dryRun = false } = asked;
    const manner = { json, dryRun, clock, stop: stopOf(terminal) };
    const options = {
      epoch: asked.epoch ?? null,
      list: asked.list,
      sql: asked.sql,
      transactions: asked.transactions,
      dryRun,
    };
    const show = (text: string): void => {
      if (!json) terminal.out(text);
    };
    const { outcome } = await telling(
      platform.name,
      'salvage',
      terminal,
      manner,
      (tell) => runSalvage(platform, options, recoveryPorts(platform), tell, show),
      explain,
    );
    finish(EXITS[outcome]);
  });
};

const stopOf = (terminal: Terminal): AbortSignal => terminal.interruption?.() ?? new AbortController().signal;

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../recover/salvage/run') as typeof import('../recover/salvage/run')),
  ...(require('../recover/aws') as typeof import('../recover/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
