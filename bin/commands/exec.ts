import { Option } from 'commander';
import type { Platform, Role } from '../../lib/config/platform';
import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';
import { serviceOf } from './platform-file';
import { EXIT, type Exit } from './terminal';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly region?: Role;
  readonly task?: string;
}

const HELP = `
Only of a service with \`exec: true\` in the file. Needs AWS's session-manager-plugin here, and
ecs:ExecuteCommand (docs/iam-services-policy.json). Every session is logged, encrypted. --json is
for the dry run and for what does not begin; a session speaks as its program does.
Exit code 0: it ended well. 1: it did not begin, or ended with an error. 2: wrong use.

Example:
  npx holdfast exec backend --platform ops-center -- sh`;

/** `holdfast exec`: a command in a task that runs. */
export const exec: AddCommand = (program, terminal, finish) => {
  const command = program
    .command('exec <service> <command...>')
    .description('Runs a command in a task of a service, with this terminal.')
    .addOption(new Option('--region <where>', 'where').choices(['home', 'standby']))
    .option('--task <id>', 'in this task; the beginning of its id is enough')
    .option('--dry-run', 'only say where it would run')
    .addHelpText('after', HELP);
  command.action(async (name: string, words: readonly string[]) => {
    const {
      platform: named,
      json = false,
      dryRun = false,
      region,
      task,
    } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const service = serviceOf(platform, name);
    const { exec: run, refuse, tasksPort, sessionPlugin } = load();
    const lead = region === undefined ? await leadingRole(platform) : { role: region };
    if ('sentence' in lead) {
      refuse(platform, lead.sentence, { json, dryRun }, terminal);
      return finish(EXIT.notOk);
    }
    const request = { service, role: lead.role, task, command: words, dryRun, json };
    const plugin = sessionPlugin(terminal.environment);
    finish(exitOf(await run(platform, request, tasksPort(platform), plugin, terminal)));
  });
};

const exitOf = (code: number | undefined): Exit => (code === 0 ? EXIT.ok : EXIT.notOk);

/** Where the lead is; a person who knows better says --region. */
async function leadingRole(
  platform: Platform,
): Promise<{ readonly role: Role } | { readonly sentence: string }> {
  const { operatorPorts, answerOf, ROLES } = load();
  const record = await answerOf(operatorPorts(platform).leadership.read());
  const holder = record.known ? record.value?.holder : undefined;
  const role = ROLES.find((one) => platform.regions[one].name === holder);
  const why = record.known ? 'The leadership table says nobody leads.' : record.sentence;
  return role === undefined
    ? { sentence: `${why} Name a region: --region home or --region standby.` }
    : { role };
}

/** Only when it is called: other commands need none of the SDK's clients. */
const load = () => ({
  ...(require('../services/exec/run') as typeof import('../services/exec/run')),
  ...(require('../services/exec/plugin') as typeof import('../services/exec/plugin')),
  ...(require('../services/aws') as typeof import('../services/aws')),
  ...(require('../checks/places') as typeof import('../checks/places')),
  ...(require('../operate/aws') as typeof import('../operate/aws')),
  ...(require('../operate/failures') as typeof import('../operate/failures')),
});
