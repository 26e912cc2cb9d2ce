import { clusterName } from '../../../lib/config/names';
import type { Platform, Role, Service } from '../../../lib/config/platform';
import type { Terminal } from '../../commands/terminal';
import type { OpenTask, SessionPlugin, Tasks } from './ports';

export interface ExecRequest {
  readonly service: Service;
  readonly role: Role;
  /** Id of a task, or its beginning; undefined: any. */
  readonly task: string | undefined;
  /** With its arguments. */
  readonly command: readonly string[];
  readonly dryRun: boolean;
}

/** Where a command goes, or why it does not. */
export type Chosen = { readonly task: OpenTask; readonly runtimeId: string } | { readonly sentence: string };

const INSTALL =
  'There is no session-manager-plugin here, which carries the session. Install it (macOS: `brew install --cask session-manager-plugin`; others: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html), and say the same again.';

/**
 * Runs a command in a task, with this terminal.
 * @returns the exit code of the session's program, or undefined if it did not begin
 */
export async function exec(
  platform: Platform,
  { service, role, task, command, dryRun }: ExecRequest,
  tasks: Tasks,
  plugin: SessionPlugin,
  { err, out }: Pick<Terminal, 'err' | 'out'>,
): Promise<number | undefined> {
  const say = (sentence: string): undefined => void err(`${platform.name}: ${sentence}\n`);
  if (!service.exec)
    return say(
      `${service.name} takes no commands: its platform file does not say services.${service.name}.exec: true. Say so and deploy; tasks that start afterwards take commands.`,
    );
  const region = platform.regions[role].name;
  const chosen = choose(await tasks.running(region, service.name), task, `${service.name} in ${region}`);
  if ('sentence' in chosen) return say(chosen.sentence);
  const line = command.map(quoted).join(' ');
  if (dryRun) {
    out(
      `${platform.name}: nothing was changed. It would run ${line} in the task ${chosen.task.id} of ${service.name} in ${region}.\n`,
    );
    return 0;
  }
  if (!(await plugin.isThere())) return say(INSTALL);
  const session = await tasks.open(region, chosen.task.id, line);
  return plugin.attach(region, session, `ecs:${clusterName(platform)}_${chosen.task.id}_${chosen.runtimeId}`);
}

export function choose(running: readonly OpenTask[], wanted: string | undefined, where: string): Chosen {
  if (running.length === 0)
    return { sentence: `No task of ${where} runs; why, npx holdfast health may tell.` };
  const meant = wanted === undefined ? running : running.filter(({ id }) => id.startsWith(wanted));
  const ids = running.map(({ id }) => id).join(', ');
  if (meant.length === 0) return { sentence: `There is no task ${wanted} of ${where}; there are ${ids}.` };
  const open = meant.find(({ takesCommands, runtimeId }) => takesCommands && runtimeId !== undefined);
  if (open?.runtimeId !== undefined) return { task: open, runtimeId: open.runtimeId };
  return {
    sentence: `No task of ${where} takes commands yet: they started before services.*.exec was deployed, or are starting. Look again in a minute, or deploy.`,
  };
}

/** As a shell would need it: ECS splits the line again. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
