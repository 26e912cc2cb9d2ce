import { Argument } from 'commander';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
}

const HELP = `
It reckons with list prices and with what the stacks would hold; it asks nothing of AWS.

Example:
  npx holdfast cost monitoring --platform ops-center`;

/** `holdfast cost`: what a platform costs to leave running, and what of it is for its monitoring. */
export const cost: AddCommand = (program, terminal) => {
  const command = program
    .command('cost')
    .description('What the platform costs a month while it runs, estimated.')
    .addArgument(new Argument('[part]', 'only this part of it').choices(['monitoring']))
    .addHelpText('after', HELP);
  command.action((part: 'monitoring' | undefined) => {
    const { platform: named, json = false } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { reckon, renderCost, costJson } = load();
    const reckoned = reckon(platform, terminal.root);
    terminal.out((json ? costJson : renderCost)(reckoned, part ?? 'all'));
  });
};

/** Only when it is called: it needs the CDK. */
const load = () => ({
  ...(require('../cost/reckon') as typeof import('../cost/reckon')),
  ...(require('../cost/render') as typeof import('../cost/render')),
});
