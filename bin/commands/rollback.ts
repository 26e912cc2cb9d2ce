import { Option } from 'commander';
import type { Where } from '../services/lead';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { platformFile, serviceOf } from './platform-file';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly to?: string;
  readonly region: Where;
}

const HELP = `
Without --to it lists what there is. The region that does not lead goes first; if it fails there,
the other one is not touched. Refused while the lead moves or is frozen. The next deployment goes
by the file again: the line to change is told. Permissions: docs/iam-services-policy.json.
Exit code 0: done. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast rollback backend --to previous --platform ops-center`;

/** `holdfast rollback`: back to an earlier version of a service. */
export const rollback: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('rollback <service>')
    .description('Back to an earlier version of a service, without a deployment.')
    .option('--to <revision>', '`previous`, a number of the region that leads, or a tag of the image')
    .addOption(new Option('--region <where>', 'where').choices(['home', 'standby', 'both']).default('both'))
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', HELP);
  command.action(async (name: string) => {
    const asked = command.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const service = serviceOf(platform, name);
    const file = platformFile(asked.platform, terminal);
    const { telling, EXITS, rollBack, healthVerdict, servicesPorts, explain, systemClock, WHERE } = load();
    const { json = false, dryRun = false, to, region } = asked;
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock: systemClock, stop };
    const ports = servicesPorts(platform);
    const line = file.lineOf(['services', name, 'image']);
    const request = { service, to, roles: WHERE[region], file: file.name, line };
    const verdict = async () => (await healthVerdict(platform, [service], ports, systemClock)).sentence;
    const work = (tell: (sentence: string) => void) =>
      rollBack(platform, request, ports, manner, tell, verdict);
    const { outcome } = await telling(platform.name, 'rollback', terminal, manner, work, explain);
    finish(EXITS[outcome]);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../services/rollback/run') as typeof import('../services/rollback/run')),
  ...(require('../services/health/run') as typeof import('../services/health/run')),
  ...(require('../services/lead') as typeof import('../services/lead')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
