import { Option } from 'commander';
import type { Role } from '../../lib/config/platform';
import { noSuch } from '../../lib/config/suggest';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { EXIT } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly region: keyof typeof ROLES;
  readonly dryRun?: boolean;
}

const ROLES = { home: ['home'], standby: ['standby'], both: ['home', 'standby'] } as const satisfies Readonly<
  Record<string, readonly Role[]>
>;

const HELP = `
A service waits without a task while its image, or a secret that only you can set, is missing.
Needs the permission lambda:InvokeFunction on the function <platform>-image-gate of each region.
Exit code 0: it starts, or runs already. 1: it stays as it is; the sentence says why.

Example:
  npx holdfast start backend --platform ops-center`;

/** `holdfast start`: starts a service that waits, where it was deployed already. */
export const start: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('start <service>')
    .description('After a deployment: starts a service that waited for a secret or an image.')
    .summary('After a deployment: starts a service that waited.')
    .addOption(new Option('--region <where>', 'where').choices(Object.keys(ROLES)).default('both'))
    .option('--dry-run', 'only say what would happen')
    .addHelpText('after', HELP);
  command.action(async (name: string) => {
    const { platform: named, json = false, region, dryRun = false } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const service = platform.services.find((one) => one.name === name);
    if (!service) {
      const names = platform.services.map((one) => one.name);
      terminal.err(`${platform.name}: ${noSuch('service', name, names)}\n`);
      return finish(EXIT.wrongUse);
    }
    const { startService, isStarted, print, lambdaGate } = load();
    const request = { service, roles: ROLES[region], dryRun };
    const results = await startService(platform, request, lambdaGate());
    print(platform, request, results, { json, terminal });
    finish(isStarted(results) ? EXIT.ok : EXIT.notOk);
  });
};

/** Only when it is called: other commands need neither the SDK's client nor the derivation. */
const load = () => ({
  ...(require('../start/start-service') as typeof import('../start/start-service')),
  ...(require('../start/lambda-gate') as typeof import('../start/lambda-gate')),
});
