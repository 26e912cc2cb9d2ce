import { clusterName } from '../../../lib/config/names';
import type { Platform, Role, Service } from '../../../lib/config/platform';
import type { Terminal } from '../../commands/terminal';
import type { Outcome } from '../../recover/telling';
import type { OpenTask, SessionPlugin, Tasks } from './ports';

export interface ExecRequest {
  readonly service: Service;
  readonly role: Role;
  /** Id of a task, or its beginning; undefined: any. */
  readonly task: string | undefined;
  /** With its arguments. */
  readonly command: readonly string[];
  readonly dryRun: boolean;
  /** What is said is said for programs; a session itself speaks as its program does. */
  readonly json: boolean;
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
  { service, role, task, command, dryRun, json }: ExecRequest,
  tasks: Tasks,
  plugin: SessionPlugin,
  terminal: Pick<Terminal, 'err' | 'out'>,
): Promise<number | undefined> {
  const say = (sentence: string): undefined => refuse(platform, sentence, { json, dryRun }, terminal);
  if (!service.exec)
    return say(
      `${service.name} takes no commands: its platform file does not say services.${service.name}.exec: true. Say so and deploy; tasks that start afterwards take commands.`,
    );
  const region = platform.regions[role].name;
  const chosen = choose(await tasks.running(region, service.name), task, `${service.name} in ${region}`);
  if ('sentence' in chosen) return say(chosen.sentence);
  const line = command.map(quoted).join(' ');
  if (dryRun) {
    const sentence = `It would run ${line} in the task ${chosen.task.id} of ${service.name} in ${region}.`;
    const result = { region, task: chosen.task.id, command: [...command] };
    terminal.out(
      json
        ? forPrograms(platform, { dryRun, outcome: 'would', sentences: [sentence], result })
        : `${platform.name}: nothing was changed. ${sentence}\n`,
    );
    return 0;
  }
  if (!(await plugin.isThere())) return say(INSTALL);
  const session = await tasks.open(region, chosen.task.id, line);
  return plugin.attach(region, session, `ecs:${clusterName(platform)}_${chosen.task.id}_${chosen.runtimeId}`);
}

/** Says why no session begins. */
export function refuse(
  platform: Platform,
  sentence: string,
  { json, dryRun }: Pick<ExecRequest, 'json' | 'dryRun'>,
  { err, out }: Pick<Terminal, 'err' | 'out'>,
): undefined {
  if (json) out(forPrograms(platform, { dryRun, outcome: 'refused', sentences: [sentence] }));
  else err(`${platform.name}: ${sentence}\n`);
}

interface Told {
  readonly dryRun: boolean;
  readonly outcome: Outcome;
  readonly sentences: readonly string[];
  readonly result?: unknown;
}

/** As the other commands tell programs what became of them. */
const forPrograms = ({ name }: Platform, told: Told): string =>
  `${JSON.stringify({ platform: name, command: 'exec', ...told }, null, 2)}\n`;

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
