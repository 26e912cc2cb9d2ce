import { InvalidArgumentError } from 'commander';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dnsServer?: string;
  readonly policy?: boolean;
}

const HELP = `
Only reads; it changes nothing. Fewest permissions: docs/iam-check-policy.json.
Exit code 0: ready to deploy. 1: something to do, or a question without an answer.

Example:
  npx holdfast check --platform ops-center`;

/** `holdfast check`: is everything there that a deployment needs? */
export const check: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('check')
    .description('Before a deployment: what the account, the regions and the names still lack.')
    .summary('Before a deployment: what the account and the regions still lack.')
    .option('--dns-server <address>', 'ask this server (host:port); for tests and split DNS', dnsServer)
    .option('--policy', 'print the read-only IAM policy that the checks need, and ask nothing')
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  command.action(async () => {
    const options = command.optsWithGlobals<Options>();
    if (options.policy) return terminal.out(load().checkPolicy());
    const platform = openPlatform(options.platform, terminal);
    const { awsPorts, checkPlatform } = load();
    const ports = awsPorts(options.dnsServer);
    const isReady = await checkPlatform(platform, terminal, { json: options.json ?? false, ports });
    finish(isReady ? EXIT.ok : EXIT.notOk);
  });
};

/** Only when it is called: the SDK's clients take half a second to load, and other commands need none of them. */
const load = () => require('../checks/command') as typeof import('../checks/command');

/** An address of a server, with or without a port: `127.0.0.1`, `127.0.0.1:53`, `[::1]:53`. */
function dnsServer(value: string): string {
  if (/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/.test(value)) return value;
  throw new InvalidArgumentError('It must be an address such as 192.0.2.53 or 192.0.2.53:5353.');
}
