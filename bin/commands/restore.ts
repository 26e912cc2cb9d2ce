import { Option } from 'commander';
import type { Platform } from '../../lib/config/platform';
import type { Ended, Manner } from '../recover/telling';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly to?: string;
  readonly component: Component;
  readonly into?: string;
  readonly region?: string;
  readonly tables?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly secret?: string;
}

const COMPONENTS = ['database', 'cache', 'objects', 'secrets'] as const;
type Component = (typeof COMPONENTS)[number];

const HELP = `
database  a new instance from the best backup of either region, with what the archive has since; it
          stays closed, and nothing that exists is written over. With --tables these come into a new
          schema of the living database, for a person to compare.
cache     a new replication group from the last snapshot before the time
objects   what was changed or deleted since the time, copied below --into or back to its own key
secrets   lists versions; with --secret brings back a deleted one, or the version of the time

Without --region: a database in the best place, all else in the region that leads by the record, or
at home if nobody can say. After an interrupted wait the same command goes on, with the same --into.
Exit code 0: restored and verified. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast restore --platform ops-center --to 2026-01-31T12:00:00Z --into before-the-bug`;

/** `holdfast restore`: brings back what was, beside what is. */
export const restore: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('restore')
    .description('Brings a database, cache, objects or secrets back as they were, beside what is.')
    .summary('Brings data back as it was, beside what is.')
    .option('--to <target>', 'latest, a time with its zone, or a position of the log like 0/16B3748')
    .addOption(new Option('--component <name>', 'what is restored').choices(COMPONENTS).default('database'))
    .option('--into <name>', 'name of what is made; of objects a prefix')
    .option('--region <region>', 'where; if left out, see below')
    .option('--tables <a,b>', 'tables to copy into the living database afterwards')
    .option('--bucket <a,b>', 'of objects: only these buckets of the platform file')
    .option('--prefix <prefix>', 'of objects: only keys that begin so')
    .option('--secret <name>', 'the secret that is brought back')
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', HELP);
  command.action(async () => {
    const asked = command.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const { telling, EXITS, explain, systemClock: clock } = load();
    const { json = false, dryRun = false } = asked;
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock, stop };
    const work = (tell: (sentence: string) => void) => component(platform, asked, manner, tell);
    const { outcome } = await telling(platform.name, 'restore', terminal, manner, work, explain);
    finish(EXITS[outcome]);
  });
};

async function component(
  platform: Platform,
  asked: Options,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const { databaseRequest, restoreDatabase, recoveryPorts, componentPorts, parseTarget, restoreCache } =
    load();
  const { restoreObjects, restoreSecrets, placeOf, leadingPlace, listOf } = load();
  if (asked.component === 'database') {
    const request = databaseRequest(platform, asked, manner.clock.now());
    return restoreDatabase(platform, request, recoveryPorts(platform), manner, tell);
  }
  const target = () => parseTarget(asked.to ?? 'latest');
  const region =
    asked.region === undefined
      ? await leadingPlace(platform, recoveryPorts(platform).leadership, tell)
      : placeOf(platform, asked.region);
  switch (asked.component) {
    case 'cache': {
      const request = { target: target(), region, into: asked.into ?? 'copy' };
      return restoreCache(platform, request, componentPorts(platform).cache, manner, tell);
    }
    case 'objects': {
      const { prefix = '', into } = asked;
      const request = { target: target(), region, buckets: listOf(asked.bucket ?? ''), prefix, into };
      return restoreObjects(platform, request, componentPorts(platform).objects, manner, tell);
    }
    case 'secrets': {
      const request = { target: target(), region, secret: asked.secret };
      return restoreSecrets(platform, request, componentPorts(platform).secrets, manner, tell);
    }
  }
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../recover/database/request') as typeof import('../recover/database/request')),
  ...(require('../recover/database/run') as typeof import('../recover/database/run')),
  ...(require('../recover/cache/run') as typeof import('../recover/cache/run')),
  ...(require('../recover/objects/run') as typeof import('../recover/objects/run')),
  ...(require('../recover/secrets/run') as typeof import('../recover/secrets/run')),
  ...(require('../recover/place') as typeof import('../recover/place')),
  ...(require('../recover/aws') as typeof import('../recover/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/archive/restore/target') as typeof import('../../lambda/archive/restore/target')),
  ...(require('../../lambda/runtime/environment') as typeof import('../../lambda/runtime/environment')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
