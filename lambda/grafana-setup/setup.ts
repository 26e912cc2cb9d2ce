import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { sentenceOf } from '../runtime/errors';
import { apply } from './apply';
import type { World } from './ports';
import { parseSettings, type Settings } from './settings';

/**
 * Dashboards are worth less than the alarms that are deployed with them: a Grafana that does not answer, or refuses, must
 * not roll them back, and least of all make the way back fail too. So a deployment always ends well, and says what is not
 * there yet; a schedule applies it again, and each of its runs that fails is an error of the function, which has an alarm.
 */

/** Time that a deployment waits for Grafana, in milliseconds. */
const PATIENCE_MS = 240_000;

export function setup(world: World): CustomResource<Settings> {
  const during = async (settings: Settings, host: Host): Promise<Outcome> => {
    const deadline = Math.min(host.deadline, host.clock.now() + PATIENCE_MS);
    try {
      return { sentence: await applyAndRemember(settings, world, { ...host, deadline }) };
    } catch (error) {
      const sentence = sentenceOf(error);
      host.log('grafana-not-applied', { error: sentence });
      return { sentence: `Grafana does not show all dashboards yet; it is tried again. ${sentence}` };
    }
  };
  return {
    parse: parseSettings,
    physicalId: ({ workspaceId, folder }) => `${workspaceId}/${folder.uid}`,
    create: during,
    update: during,
    // The workspace goes with its dashboards.
    delete: ({ appliedParameter }) => world.parameters.delete(appliedParameter),
  };
}

/**
 * What the schedule starts.
 * @returns one sentence; nothing is asked of Grafana if all has been applied
 * @throws whatever keeps it from being applied
 */
export async function applyAgain(
  settings: Settings,
  world: World,
  host: Host,
  here: string,
): Promise<string> {
  const applied = await world.parameters.read(here, settings.appliedParameter);
  if (applied === fingerprint(settings)) return 'Grafana shows what it shall.';
  return applyAndRemember(settings, world, host);
}

async function applyAndRemember(settings: Settings, world: World, host: Host): Promise<string> {
  const sentence = await apply(settings, world, host);
  await world.parameters.write(settings.appliedParameter, fingerprint(settings));
  return sentence;
}

/** Says what was applied; the key of the file changes with its content. */
const fingerprint = ({ workspaceId, file, sources, revision }: Settings): string =>
  [workspaceId, file.key, sources.map(({ role, region }) => `${role}=${region}`).join('+'), revision].join(
    ' ',
  );
