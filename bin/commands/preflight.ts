import { choosePlatform } from '../choose-platform';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly assembly?: string;
  /** False for `--no-diff`. */
  readonly diff: boolean;
}

const HELP = `
Only reads. Fewest permissions: docs/iam-operator-policy.json.
Exit code 0: fit. 1: something is wrong, or a question has no answer.

Example:
  npx holdfast preflight --platform ops-center`;

/** `holdfast preflight`: is the pair fit to fail over now, and would a deployment touch the writer? */
export const preflight: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('preflight')
    .description('Is the pair fit to fail over now? Would a deployment harm the database?')
    .summary('Is the pair fit to fail over now? Would a deployment harm it?')
    .option('--no-diff', 'do not compare what is deployed with what would be')
    .option('--assembly <folder>', 'compare with this output of `cdk synth` instead of a new one')
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  command.action(async () => {
    const { platform: named, json = false, diff, assembly } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const {
      runPreflight,
      preflightPorts,
      awsPorts,
      systemClock: clock,
      readAssembly,
      synthesized,
      once,
    } = load();
    const file = choosePlatform(terminal.root, named, terminal.environment.HOLDFAST_PLATFORM);
    const plan = once(async () =>
      assembly === undefined ? synthesized(terminal.root, file) : readAssembly(assembly),
    );
    const isFit = await runPreflight(platform, preflightPorts(platform), awsPorts(), terminal, {
      json,
      clock,
      assembly: diff ? () => plan('') : undefined,
    });
    finish(isFit ? EXIT.ok : EXIT.notOk);
  });
};

/** Only when it is called: other commands need neither the SDK's clients nor the CDK. */
const load = () => ({
  ...(require('../operate/preflight') as typeof import('../operate/preflight')),
  ...(require('../operate/preflight/assembly') as typeof import('../operate/preflight/assembly')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../checks/aws') as typeof import('../checks/aws')),
  ...(require('../checks/aws/call') as typeof import('../checks/aws/call')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
