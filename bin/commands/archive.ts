import type { Command } from 'commander';
import type { ObjectStore } from '../../lambda/archive/store';
import type { Platform } from '../../lib/config/platform';
import type { RecoveryPorts } from '../recover/ports';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT, type Exit, type Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly since?: string;
  readonly region?: string;
  readonly values?: boolean;
}

const HELP = `
Only reads. It needs s3:GetObject and s3:ListBucket on the archive's buckets and kms:Decrypt with
their keys: docs/iam-recovery-policy.json.
Exit code 0: as it must be. 1: something is damaged, missing or not there. 2: wrong use.

Example:
  npx holdfast archive verify --platform ops-center --since 2026-01-31T00:00:00Z`;

const partHelp = (what: string, end: string): string => `
Only reads: docs/iam-recovery-policy.json.
Exit code 0: ${end} 2: wrong use.

Example:
  npx holdfast archive ${what} --platform ops-center`;

/** `holdfast archive`: looks into the archive, and verifies it. */
export const archive: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('archive')
    .description('The WAL archive: what it holds, and whether all of it is intact.')
    .option('--region <region>', 'only the copy in this region; both if left out')
    .addHelpText('after', HELP);
  const told = (text: string, value: unknown, json: boolean): void =>
    terminal.out(json ? `${JSON.stringify(value, null, 2)}\n` : text);
  addVerify(command, terminal, finish);
  action(
    command
      .command('ls')
      .description('The chains of segments, and what each holds.')
      .option(...READS_ONLY)
      .addHelpText('after', partHelp('ls', 'told. 1: there is none, or it cannot be read.')),
    terminal,
    finish,
    async (platform, { json = false, region }) => {
      const { listArchive, renderChains, recoveryPorts } = load();
      const chains = await listArchive(storeOf(recoveryPorts(platform), platform, region));
      told(renderChains(chains), chains, json);
      return chains.length > 0 ? EXIT.ok : EXIT.notOk;
    },
  );
  action(
    command
      .command('show')
      .description('One segment by its key, or transactions by their number.')
      .argument('<segment or xid>', 'key of a segment, or number of a transaction')
      .option('--values', 'show the values of columns')
      .option(...READS_ONLY)
      .addHelpText('after', partHelp('show 4711', 'told. 1: there is no such thing.')),
    terminal,
    finish,
    async (platform, { json = false, values = false, region }, what = '') => {
      const { showSegment, showTransaction, renderSegment, renderTransactions, recoveryPorts } = load();
      const store = storeOf(recoveryPorts(platform), platform, region);
      if (/^\d+$/.test(what)) {
        const found = await showTransaction(store, Number(what), values);
        told(
          renderTransactions(found) ||
            `No transaction ${what} is in the archive; npx holdfast archive ls tells what it holds.\n`,
          found,
          json,
        );
        return found.length > 0 ? EXIT.ok : EXIT.notOk;
      }
      const segment = await showSegment(store, what);
      told(
        segment
          ? renderSegment(segment)
          : `${what} is no key of a segment; npx holdfast archive ls tells what there is.\n`,
        segment ?? null,
        json,
      );
      return segment ? EXIT.ok : EXIT.notOk;
    },
  );
};

/** The copy of a region, or both as one. */
const storeOf = (
  { archive: both, archiveIn }: RecoveryPorts,
  platform: Platform,
  region: string | undefined,
): ObjectStore =>
  region === undefined ? both(platform.regions.home.name) : archiveIn(load().placeOf(platform, region));

function addVerify(command: Command, terminal: Terminal, finish: (exit: Exit) => void): void {
  const verify = command
    .command('verify')
    .description('Reads every segment of both regions, and names what is not as it was written.')
    .option('--since <time>', 'only what was committed since')
    .option(...READS_ONLY)
    .addHelpText('after', partHelp('verify', 'all is intact. 1: something is damaged or missing.'));
  action(verify, terminal, finish, async (platform, { json = false, since, region }) => {
    const { verifyArchive, telling, EXITS, recoveryPorts, placeOf, explain, systemClock: clock } = load();
    const { archiveIn } = recoveryPorts(platform);
    const { home, standby } = platform.regions;
    const stores =
      region === undefined
        ? { near: archiveIn(home.name), far: archiveIn(standby.name) }
        : { near: archiveIn(placeOf(platform, region)) };
    const manner = { json, dryRun: false, clock, stop: new AbortController().signal };
    const work = (tell: (sentence: string) => void) => verifyArchive(stores, since, tell);
    const { outcome } = await telling(platform.name, 'archive verify', terminal, manner, work, explain);
    return EXITS[outcome];
  });
}

function action(
  command: Command,
  terminal: Terminal,
  finish: (exit: Exit) => void,
  work: (platform: Platform, options: Options, argument?: string) => Promise<Exit>,
): void {
  command.action(async (argument?: unknown) => {
    const options = command.optsWithGlobals<Options>();
    const platform = openPlatform(options.platform, terminal);
    finish(await work(platform, options, typeof argument === 'string' ? argument : undefined));
  });
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../recover/archive/verify') as typeof import('../recover/archive/verify')),
  ...(require('../recover/archive/list') as typeof import('../recover/archive/list')),
  ...(require('../recover/archive/show') as typeof import('../recover/archive/show')),
  ...(require('../recover/place') as typeof import('../recover/place')),
  ...(require('../recover/aws') as typeof import('../recover/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
