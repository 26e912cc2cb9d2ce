import { Option } from 'commander';
import type { Role } from '../../lib/config/platform';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { platformFile, serviceOf } from './platform-file';
import { wholeNumber } from './whole-number';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly replicas: number;
  readonly min?: number;
  readonly max?: number;
  readonly region?: Role;
}

const HELP = `
In the region that leads, unless another one is named. Where load scales the service, --min becomes
the same number: otherwise the next calm minutes would undo it. Never fewer than the file keeps in
service, never more than its max. Permissions: docs/iam-services-policy.json.
Exit code 0: done. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast scale backend --replicas 6 --platform ops-center`;

/** `holdfast scale`: how many tasks of a service run, for now. */
export const scale: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('scale <service>')
    .description('How many tasks of a service run, until the file or the load says otherwise.')
    .summary('How many tasks of a service run, for now.')
    .requiredOption('--replicas <n>', 'tasks that are to run now', wholeNumber)
    .option('--min <n>', 'fewest that load may leave', wholeNumber)
    .option('--max <n>', 'most that load may ask for', wholeNumber)
    .addOption(new Option('--region <where>', 'where').choices(['home', 'standby']))
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', HELP);
  command.action(async (name: string) => {
    const asked = command.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const service = serviceOf(platform, name);
    const file = platformFile(asked.platform, terminal).name;
    const { telling, EXITS, scale: setScale, servicesPorts, explain, systemClock: clock } = load();
    const { json = false, dryRun = false, replicas, min, max, region: role } = asked;
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock, stop };
    const request = { service, replicas, min, max, role, file };
    const work = (tell: (sentence: string) => void) =>
      setScale(platform, request, servicesPorts(platform), manner, tell);
    const { outcome } = await telling(platform.name, 'scale', terminal, manner, work, explain);
    finish(EXITS[outcome]);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../services/scale/run') as typeof import('../services/scale/run')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
