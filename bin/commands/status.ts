import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { READS_ONLY } from './reads-only';
import { EXIT } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

const HELP = `
Only reads. A region that does not answer is told as such after a few seconds.
Exit code 0: nothing wrong can be seen. 1: something is wrong, or cannot be seen.

Example:
  npx holdfast status --platform ops-center`;

/** `holdfast status`: who leads, could the other side take over, what is wrong? */
export const status: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('status')
    .description('Who leads, what would happen if it died now, and what is wrong.')
    .option('-w, --watch', 'look again every 5 s, until Ctrl-C')
    .option(...READS_ONLY)
    .addHelpText('after', HELP);
  command.action(async () => {
    const { platform: named, json = false, watch = false } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { showStatus, watchStatus, operatorPorts, systemClock: clock } = load();
    const ports = operatorPorts(platform);
    const stop = watch ? (terminal.interruption?.() ?? AbortSignal.abort()) : AbortSignal.abort();
    const isWell = watch
      ? await watchStatus(platform, ports, terminal, { json, clock, stop })
      : await showStatus(platform, ports, terminal, { json, clock });
    finish(isWell ? EXIT.ok : EXIT.notOk);
  });
};

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../operate/status') as typeof import('../operate/status')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
