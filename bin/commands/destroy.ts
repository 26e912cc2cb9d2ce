import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const HELP = `
Lists what goes and what stays, with the reason, and asks for the name of the platform. The stacks
Edge, Monitoring, Service-* and Recovery go. Migration-*, Cluster (balancer, firewall, metrics),
Data, Network (NAT gateways), Foundation and Leadership stay and are paid for: it prints how a
person removes them. Needs docs/iam-operator-policy.json and docs/iam-deploy-policy.json.
Exit code 0: gone. 1: refused or failed. 2: the outcome is not known, or wrong use.

Example:
  npx holdfast destroy --dry-run --platform ops-center`;

/** `holdfast destroy`: takes down what holds no data. */
export const destroy: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('destroy')
    .description('Takes the services down, and leaves the data: says what stays, and why.')
    .summary('Takes the services down, and leaves the data.')
    .option('--dry-run', 'only say what would go and what would stay')
    .addHelpText('after', HELP);
  command.action(async () => {
    const { platform: named, json = false, dryRun = false } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { telling, EXITS, destroy: takeDown, destroyPorts, explain, systemClock: clock } = load();
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock, stop };
    const work = (tell: (sentence: string) => void) =>
      takeDown(platform, destroyPorts(platform), terminal, manner, tell);
    const { outcome } = await telling(platform.name, 'destroy', terminal, manner, work, explain);
    finish(EXITS[outcome]);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../deploy/destroy/run') as typeof import('../deploy/destroy/run')),
  ...(require('../deploy/aws') as typeof import('../deploy/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
