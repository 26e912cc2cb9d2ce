import { randomUUID } from 'node:crypto';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly region?: string;
  readonly yes?: boolean;
}

const HELP = `
The scenarios have the names of the drill, which plays them on one machine; here they happen to the
deployed platform, by AWS FIS. Needs \`chaos: true\` in the platform file, and the permissions of
docs/iam-operator-policy.json and docs/iam-chaos-policy.json.
Exit code 0: the platform did what it must. 1: refused, or it did not. 2: not known, or wrong use.

Example:
  npx holdfast chaos list --platform ops-center`;

const LIST_HELP = `
Only reads. Exit code 0: both regions were seen. 1: one could not be; why is told. 2: wrong use.

Example:
  npx holdfast chaos list --platform ops-center`;

const RUN_HELP = `
Refused while the platform is frozen, in a failover, or not protected. An alarm stops it; so does
Ctrl-C. Ends with a verdict on who leads and what is wrong.
Exit code 0: the platform did what it must. 1: refused, or it did not. 2: not known, or wrong use.

Example:
  npx holdfast chaos run replica-kill --platform ops-center`;

/** `holdfast chaos`: experiments on the deployed platform. */
export const chaos: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('chaos')
    .description('Experiments on the deployed platform: kills a task, cuts a zone or a region off.')
    .summary('Experiments on the deployed platform.')
    .addHelpText('after', HELP);
  const list = command
    .command('list')
    .description('What can be tried out, and what must come of it.')
    .option(...READS_ONLY)
    .addHelpText('after', LIST_HELP);
  list.action(async () => {
    const { platform: named, json = false } = list.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { listChaos, renderChaos, chaosPorts } = load();
    const unseen: string[] = [];
    const complain = (sentence: string) => void unseen.push(sentence);
    const listed = await listChaos(platform, chaosPorts(platform).experiments, complain);
    terminal.out(
      json
        ? `${JSON.stringify({ platform: platform.name, scenarios: listed }, null, 2)}\n`
        : renderChaos(platform.name, listed, terminal),
    );
    for (const sentence of unseen) terminal.err(`${platform.name}: ${sentence}\n`);
    finish(unseen.length === 0 ? EXIT.ok : EXIT.notOk);
  });
  const run = command
    .command('run')
    .description('Runs one, follows it, and judges what came of it.')
    .argument('<name>', 'a scenario of `chaos list`')
    .option('--region <region>', 'where; the region that leads if left out')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'agree beforehand')
    .addHelpText('after', RUN_HELP);
  run.action(async (scenario: string) => {
    const asked = run.optsWithGlobals<Options>();
    const platform = openPlatform(asked.platform, terminal);
    const { runChaos, chaosPorts, telling, EXITS, explainChaos, systemClock: clock } = load();
    const { json = false, dryRun = false, yes: agreed = false, region } = asked;
    const stop = terminal.interruption?.() ?? new AbortController().signal;
    const manner = { json, dryRun, clock, stop };
    const request = { scenario, region, token: randomUUID(), agreed };
    const work = (tell: (sentence: string) => void) =>
      runChaos(platform, request, chaosPorts(platform), terminal, manner, tell);
    const { outcome } = await telling(platform.name, 'chaos run', terminal, manner, work, explainChaos);
    finish(EXITS[outcome]);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../chaos/run') as typeof import('../chaos/run')),
  ...(require('../chaos/list') as typeof import('../chaos/list')),
  ...(require('../chaos/aws') as typeof import('../chaos/aws')),
  ...(require('../chaos/failures') as typeof import('../chaos/failures')),
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
