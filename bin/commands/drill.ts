import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { DrillRequest, Save } from '../drill/run';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { EXIT, type Terminal } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly aws?: boolean;
  readonly switchover?: boolean;
  readonly cleanUp?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly report?: string;
}

const HELP = `
Makes a replica in the region that does not lead, promotes it and deletes it: this measures P.
Starts the restore drill that is deployed, and follows it. Traffic and the lead stay as they are.
It takes hours, most of which the restore takes. Ctrl-C deletes what was made first.
--switchover moves the lead and back, with two failbacks: it says what that means, and asks.
Fewest permissions: docs/iam-drill-policy.json; for --switchover docs/iam-operator-policy.json too.
Exit code 0: passed. 1: refused, failed, or ended. 2: something may be left or goes on; wrong use.

Example:
  npx holdfast drill --aws --dry-run --platform ops-center`;

/** `holdfast drill --aws`: what only an account can show, measured without touching traffic. */
export const drill: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('drill')
    .description('Measures in the account how long a promotion and a restore take.')
    .option('--aws', 'in the account; on this machine: npm run drill')
    .option('--switchover', 'afterwards move the lead and back; touches traffic')
    .option('--clean-up', 'only delete what a drill has left')
    .option('--dry-run', 'only say what would be called, and what it costs')
    .option('-y, --yes', 'do not ask before the switchover; for scripts')
    .option('--report <file>', 'where the page is written', 'drill-report-aws.html')
    .addHelpText('after', HELP);
  command.action(async () => {
    const asked = command.optsWithGlobals<Options>();
    const { json = false, dryRun = false, report = '' } = asked;
    if (asked.aws !== true) {
      terminal.err('Say --aws to drill in the account; npm run drill drills on this machine.\n');
      return finish(EXIT.wrongUse);
    }
    const platform = openPlatform(asked.platform, terminal);
    const { telling, EXITS, drillAws, drillPorts, reasonOf, systemClock: clock, pageFile } = load();
    const writes = !dryRun && asked.cleanUp !== true;
    const problem = writes ? pageFile.problem(report) : undefined;
    if (problem !== undefined) {
      terminal.err(`--report: ${problem}\n`);
      return finish(EXIT.wrongUse);
    }
    const manner = { json, dryRun, clock, stop: terminal.interruption?.() ?? new AbortController().signal };
    const save: Save = (made) => pageFile.write(report, made);
    const request = requestOf(asked, terminal);
    const ports = drillPorts(platform);
    const work = (tell: (sentence: string) => void) =>
      drillAws(platform, request, ports, terminal, manner, tell, save);
    const { outcome } = await telling(platform.name, 'drill', terminal, manner, work, reasonOf);
    finish(EXITS[outcome]);
  });
};

function requestOf({ switchover, cleanUp, yes }: Options, { environment }: Terminal): DrillRequest {
  const who = environment.USER ?? environment.USERNAME ?? userInfo().username;
  return {
    switchover: switchover ?? false,
    cleanUp: cleanUp ?? false,
    agreed: yes ?? false,
    sentence: `${who} asked for it: drill`,
    id: randomUUID,
  };
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../drill/run') as typeof import('../drill/run')),
  ...(require('../drill/aws') as typeof import('../drill/aws')),
  ...(require('../drill/failures') as typeof import('../drill/failures')),
  pageFile: require('../drill/page-file') as typeof import('../drill/page-file'),
  ...(require('../recover/telling') as typeof import('../recover/telling')),
  ...(require('../../lambda/runtime/clock') as typeof import('../../lambda/runtime/clock')),
});
