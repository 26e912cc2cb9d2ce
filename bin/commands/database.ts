import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Step } from '../database-import/steps';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import type { Exit, Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly from: string;
  readonly region?: string;
  readonly to?: string;
  readonly seenFromTarget?: string;
  readonly ca?: string;
  readonly schema?: string;
  readonly within?: number;
  readonly compare?: 'rows' | 'counts';
  readonly loseWrites?: boolean;
}

const HELP = `
Each step may be said again after whatever became of it: where the import stands is read from the
two servers. Guide: docs/guides/database-import.md.
Exit code 0: done. 1: refused or failed. 2: the wait was ended, or wrong use.

Example:
  npx holdfast database import prepare --platform ops-center`;

const END = `
Exit code 0: done. 1: refused or failed. 2: the wait was ended, or wrong use.

Example:
  npx holdfast database import`;

const SUMMARIES: Readonly<Record<Step, string>> = {
  prepare: 'Checks both servers, copies the schema, and locks the new database.',
  follow: 'Copies all rows, then applies what the old server goes on writing.',
  cutover: 'Stops the writes at the old server, and lets the new one take them.',
  verify: 'Compares all rows of both servers.',
  'back-out': 'Takes the import back, before or after the cut-over.',
  status: 'Where the import stands, and what comes next.',
};

/** `holdfast database import`: takes over a PostgreSQL that runs elsewhere. */
export const database: AddCommand = (program, terminal, finish) => {
  const group = program
    .command('database')
    .description('The database of the platform.')
    .addHelpText('after', HELP);
  const steps = group
    .command('import')
    .description('Takes over a PostgreSQL that runs elsewhere, with little downtime.')
    .addHelpText('after', HELP);
  const step = (name: Step) => addStep(steps, name, terminal, finish);
  step('prepare').option('--schema <file>', 'made with pg_dump --schema-only; else pg_dump is run here');
  step('follow');
  step('cutover')
    .option('--within <seconds>', 'the old server may refuse writes so long at most', seconds, 120)
    .addOption(compareOption());
  step('verify').addOption(compareOption());
  step('back-out').option('--lose-writes', 'also if the new server has rows that the old one lacks');
  step('status');
};

const compareOption = (): Option =>
  new Option('--compare <what>', 'every row, or the number of rows only')
    .choices(['rows', 'counts'])
    .default('rows');

function addStep(steps: Command, name: Step, terminal: Terminal, finish: (exit: Exit) => void): Command {
  const command = steps
    .command(name)
    .description(SUMMARIES[name])
    .option('--from <secret>', 'secret with the address of the old server; env: PGHOST and so on', 'env')
    .option('--region <region>', 'of the new database; the one that leads if left out')
    .option('--to <host:port>', 'the new database, through a tunnel')
    .option('--seen-from-target <host:port>', 'how the new server reaches the old one')
    .option('--ca <file>', 'further authorities, in PEM')
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', `${END} ${name} --platform ops-center`);
  command.action(async () => {
    finish(await run(name, command.optsWithGlobals<Options>(), terminal));
  });
  return command;
}

async function run(step: Step, asked: Options, terminal: Terminal): Promise<Exit> {
  const platform = openPlatform(asked.platform, terminal);
  const { telling, EXITS, explain, systemClock: clock, openServers, aws, runStep, regionOfLeader } = load();
  const { json = false, dryRun = false, within = 120, compare = 'rows', loseWrites = false } = asked;
  const manner = { json, dryRun, clock, stop: terminal.interruption?.() ?? new AbortController().signal };
  const { from, to, ca, schema, seenFromTarget } = asked;
  const { outcome } = await telling(
    platform.name,
    `database import ${step}`,
    terminal,
    manner,
    async (tell) => {
      const region = await regionOfLeader(platform, asked.region);
      const servers = { from, to, ca, schema, seenFromTarget, region };
      const opened = await openServers(platform, servers, terminal.environment, aws());
      try {
        const work = { ...opened, manner, tell };
        return await runStep[step](work, { withinSeconds: within, compare, loseWrites });
      } finally {
        await opened.close();
      }
    },
    explain,
  );
  return EXITS[outcome];
}

const LONGEST_SECONDS = 86_400;

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= LONGEST_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a whole number of seconds, 1 to ${LONGEST_SECONDS}.`);
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../database-import/open') as typeof import('../database-import/open')),
  ...(require('../database-import/leader') as typeof import('../database-import/leader')),
  ...(require('../database-import/steps') as typeof import('../database-import/steps')),
  ...(require('../database-import/server/aws') as typeof import('../database-import/server/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
