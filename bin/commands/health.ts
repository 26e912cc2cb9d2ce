import { InvalidArgumentError } from 'commander';
import type { Health } from '../services/health/row';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { serviceOf } from './platform-file';
import { READS_ONLY } from './reads-only';
import { EXIT, type Exit } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly watch?: number | true;
}

const EVERY_SECONDS = 5;

const HELP = `
Only reads: tasks, targets by zone, what clients get, database, cache, queues, alarms.
Where nobody redraws, --watch prints a line for each look. Permissions:
docs/iam-services-policy.json.
Exit code 0: healthy. 1: degraded, or something cannot be seen. 2: down.

Example:
  npx holdfast health --platform ops-center`;

const EXITS: Readonly<Record<Health, Exit>> = { healthy: EXIT.ok, degraded: EXIT.notOk, down: EXIT.down };

/** `holdfast health`: does everything run, and do clients get answers? */
export const health: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('health [service]')
    .description('Does everything run, and do clients get answers? Both regions in one table.')
    .summary('Does everything run, and do clients get answers?')
    .option('-w, --watch [seconds]', `look again, every ${EVERY_SECONDS} s if left out`, seconds)
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  command.action(async (name?: string) => {
    const { platform: named, json = false, watch } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const only = name === undefined ? platform.services : [serviceOf(platform, name)];
    const { showHealth, servicesPorts, systemClock: clock } = load();
    const stop = (watch === undefined ? undefined : terminal.interruption?.()) ?? AbortSignal.abort();
    const everySeconds = watch === true ? EVERY_SECONDS : watch;
    const manner = { json, clock, everySeconds, stop };
    finish(EXITS[await showHealth(platform, only, servicesPorts(platform), terminal, manner)]);
  });
};

function seconds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('It must be a number of seconds, 1 to 9999.');
  return Number(text);
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../services/health/run') as typeof import('../services/health/run')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
