import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { PlatformFile } from '../../lib/cost/compare/tiers';
import { ASSUMPTIONS, assumptionKeys, DEFAULT_USE, type Use } from '../../lib/cost/use/assumptions';
import { choosePlatform } from '../choose-platform';
import type { Asked } from '../cost/tell';
import type { AddCommand } from './add-command';
import { READS_ONLY } from './reads-only';
import type { Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly online?: boolean;
  readonly compare?: boolean;
  readonly diff?: boolean;
  readonly against?: string;
}

const HELP = `
Reckons with what the stacks would hold and a dated table of list prices; asks AWS only with
--online and --against deployed (templates; permissions: docs/iam-operator-policy.json).
The diff is with the file as git has it (HEAD), or with --against.
Exit code 0: told. 1: AWS gave no answer, or nothing is deployed. 2: wrong use.

Examples:
  npx holdfast cost --platform ops-center --requests 50
  npx holdfast cost --compare --platform ops-center
  npx holdfast cost --diff --against deployed --platform ops-center`;

/** `holdfast cost`: what a platform costs a month, and would cost otherwise. */
export const cost: AddCommand = (program, terminal) => {
  const command = program
    .command('cost')
    .description('What the platform costs a month, estimated; what another size or a change would cost.')
    .summary('What the platform costs a month, and what a change would.')
    .addArgument(new Argument('[part]', 'only this part of it').choices(['monitoring']))
    .option('--online', 'take prices of the regions from the price list of AWS')
    .addOption(
      new Option(
        '--compare',
        'every size with every standby, with RTO and RPO, and what would save',
      ).conflicts(['diff', 'against']),
    )
    .option('--diff', 'what the change of the file costs')
    .option('--against <what>', 'what --diff compares with: platform, file, revision or deployed')
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  for (const key of assumptionKeys()) {
    const { flag, what } = ASSUMPTIONS[key];
    command.addOption(new Option(`--${flag} <number>`, what).argParser(figure).default(DEFAULT_USE[key]));
  }
  command.action(async (part: 'monitoring' | undefined) => {
    const options = command.optsWithGlobals<Options>();
    await tell(options, useOf(command), part ?? 'all', terminal);
  });
};

function figure(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('a number from 0 upwards is allowed.');
  return number;
}

/** Commander keeps a flag under its name in camel case. */
function useOf(command: Command): Use {
  const options: Readonly<Record<string, unknown>> = command.opts();
  const of = (key: keyof Use): number => {
    const name = ASSUMPTIONS[key].flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return Number(options[name]);
  };
  return {
    requestsPerSecond: of('requestsPerSecond'),
    responseKib: of('responseKib'),
    writesGib: of('writesGib'),
    logsGib: of('logsGib'),
    objectsGib: of('objectsGib'),
    filesGib: of('filesGib'),
    cacheGib: of('cacheGib'),
  };
}

async function tell(
  { platform: named, json = false, online = false, compare, diff, against }: Options,
  use: Use,
  part: 'all' | 'monitoring',
  terminal: Terminal,
): Promise<void> {
  const name = choosePlatform(terminal.root, named, terminal.environment.HOLDFAST_PLATFORM);
  const { tellBill, tellComparison, tellDifference, awsPriceList, platformFile } = load();
  const source = platformFile(name, terminal.root);
  const asked = { use, json, terminal, ...(online ? { list: awsPriceList() } : {}) };
  if (compare) await tellComparison(source, asked);
  else if (against === DEPLOYED) await tellDeployed(source, asked);
  else if (diff || against !== undefined) await tellDifference(source, name, against ?? 'HEAD', asked);
  else await tellBill(source.platform, part, asked);
}

/** What `--against` takes for the stacks in the account; a file or a platform of that name is still found by its path. */
const DEPLOYED = 'deployed';

async function tellDeployed(source: PlatformFile, asked: Asked): Promise<void> {
  const { tellDeployment, awsPorts, preflightPorts } = { ...load(), ...loadAws() };
  const { stacks } = awsPorts();
  await tellDeployment(source, { stacks, deployed: preflightPorts(source.platform).deployed }, asked);
}

/** Only when it is called: it needs the CDK and a client of the SDK. */
const load = () => ({
  ...(require('../cost/tell') as typeof import('../cost/tell')),
  ...(require('../cost/aws') as typeof import('../cost/aws')),
  ...(require('../cost/source') as typeof import('../cost/source')),
});

/** Only for what is deployed: nothing else asks CloudFormation. */
const loadAws = () => ({
  ...(require('../checks/aws') as typeof import('../checks/aws')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
});
