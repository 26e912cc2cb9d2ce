import { choosePlatform } from '../choose-platform';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly from?: string;
  readonly data?: boolean;
}

const HELP = `
Takes what was kept into the new stacks, and deletes nothing. Database and cache come beside the
new ones; migrations, services and names wait until a person has given the database its place.
In another account, which the file then names, it copies a snapshot shared with it.
Goes on after an interruption; --data restores also what is there and empty.
Guide: docs/guides/backup-and-restore.md.
Exit code 0: healthy, and nothing is left to do. 1: a person is needed. 2: unknown, or wrong use.

Example:
  npx holdfast recover --platform ops-center --dry-run`;

/** `holdfast recover`: rebuilds a whole platform from its file and its backups. */
export const recover: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('recover')
    .description('Rebuilds a whole platform from its backups, in an empty account or region.')
    .summary('Rebuilds a whole platform from its backups.')
    .option('--from <region>', 'whose data counts; that of the leader if left out')
    .option('--data', 'restore database and cache also if they are there')
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', HELP);
  command.action(async () => {
    const {
      platform: named,
      from,
      data = false,
      json = false,
      dryRun = false,
    } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const file = choosePlatform(terminal.root, named, terminal.environment.HOLDFAST_PLATFORM);
    const { telling, EXITS, explain, systemClock: clock, recoverPlatform, placeOf, cdk } = load();
    const { recoveryPorts, componentPorts, sharedPorts, awsPorts, operatorPorts } = load();
    const manner = { json, dryRun, clock, stop: terminal.interruption?.() ?? new AbortController().signal };
    const { outcome } = await telling(
      platform.name,
      'recover',
      terminal,
      manner,
      (tell) =>
        recoverPlatform({
          platform,
          request: { from: from === undefined ? undefined : placeOf(platform, from), data },
          ports: {
            stacks: awsPorts().stacks,
            operator: operatorPorts(platform),
            recovery: recoveryPorts(platform),
            components: componentPorts(platform),
            shared: sharedPorts(platform),
            deployer: cdk(terminal.root, file, terminal.err),
          },
          manner,
          tell,
        }),
      explain,
    );
    finish(EXITS[outcome]);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../recover/platform/run') as typeof import('../recover/platform/run')),
  ...(require('../recover/platform/cdk') as typeof import('../recover/platform/cdk')),
  ...(require('../recover/place') as typeof import('../recover/place')),
  ...(require('../recover/aws') as typeof import('../recover/aws')),
  ...(require('../checks/aws') as typeof import('../checks/aws')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
