import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { choosePlatform } from '../choose-platform';
import { type First, ORDERS } from '../deploy/order';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly first?: First;
}

const HELP = `
Checks, shows the differences, asks, deploys (services first where nobody is served), and looks.
Refused if it would touch the writer, while the lead moves, or if nobody can say who leads.
Needs docs/iam-operator-policy.json, docs/iam-deploy-policy.json, docs/iam-services-policy.json.
Exit code 0: deployed, or nothing to do. 1: refused, failed, or down afterwards. 2: wrong use.

Example:
  npx holdfast deploy --platform ops-center`;

/** `holdfast deploy`: makes what runs what the file says. */
export const deploy: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('deploy')
    .description('Makes what is deployed what the file says, and looks whether it works.')
    .summary('Makes what is deployed what the file says.')
    .option('-y, --yes', 'do not ask; for scripts')
    .addOption(new Option('--first <region>', 'where services go first').choices(ORDERS))
    .option('--dry-run', 'only say what would change')
    .addHelpText('after', HELP);
  command.action(async () => {
    const {
      platform: named,
      json = false,
      dryRun = false,
      yes: agreed = false,
      first,
    } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { telling, EXITS, deploy: deployAll, cdkCommand, awsPorts, preflightPorts, servicesPorts } = load();
    const { healthVerdict, explain, systemClock: clock } = load();
    const file = choosePlatform(terminal.root, named, terminal.environment.HOLDFAST_PLATFORM);
    const cdk = cdkCommand(terminal.root, newLogFile, { ...terminal.environment });
    const ports = { checks: () => awsPorts(), preflight: preflightPorts(platform), cdk };
    const verdict = () => healthVerdict(platform, platform.services, servicesPorts(platform), clock);
    const request = { file, agreed, ...(first === undefined ? {} : { first }) };
    const manner = { json, dryRun, clock, stop: new AbortController().signal };
    const work = (tell: (sentence: string) => void) =>
      deployAll(platform, request, ports, terminal, manner, tell, verdict);
    const { outcome } = await telling(platform.name, 'deploy', terminal, manner, work, explain);
    finish(EXITS[outcome]);
  });
};

const newLogFile = (): string => join(mkdtempSync(join(tmpdir(), 'holdfast-deploy-log-')), 'cdk.log');

/** Only when it is called: other commands need neither the SDK's clients nor the CDK. */
const load = () => ({
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../deploy/run') as typeof import('../deploy/run')),
  ...(require('../deploy/cdk') as typeof import('../deploy/cdk')),
  ...(require('../services/health/run') as typeof import('../services/health/run')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../checks/aws') as typeof import('../checks/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
