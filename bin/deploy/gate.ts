import type { Platform } from '../../lib/config/platform';
import { CHECKS } from '../checks';
import type { Check } from '../checks/check';
import { images } from '../checks/images';
import type { Line } from '../checks/line';
import { platformStacks } from '../checks/platform-stacks';
import type { Ports as CheckPorts } from '../checks/ports';
import { regions } from '../checks/regions';
import { runChecks } from '../checks/run';
import { stacks } from '../checks/stacks';
import { outlook } from '../operate/outlook';
import type { PreflightPorts } from '../operate/ports';
import type { PlannedStack } from '../operate/preflight/assembly';
import { copied, keys } from '../operate/preflight/contents';
import { planned } from '../operate/preflight/planned';
import { lookAt, type Situation } from '../operate/situation';

/**
 * What must hold before anything is synthesized: credentials of the account, regions that are enabled, stacks that may be
 * deployed.
 * @returns what does not hold
 */
export const standsAgainst = (platform: Platform, ports: CheckPorts): Promise<Line[]> =>
  wrong([regions, stacks], platform, ports);

/**
 * What must hold before a deployment of these stacks: at the first one all that `check` asks. Later that the writer is
 * neither touched nor moving, that the images are where deployed services pull them, and that what the tasks are started
 * with is the same in both regions. What the deployment itself brings need not be there.
 * @returns what does not hold, and what a person should know although it forbids nothing
 */
export async function standsAgainstPlan(
  platform: Platform,
  plan: readonly PlannedStack[],
  ports: CheckPorts,
  preflight: PreflightPorts,
  atMs: number,
): Promise<{ readonly against: Line[]; readonly notes: readonly string[] }> {
  const { name: witness } = platform.regions.witness;
  const isFirst = (await platformStacks(ports.stacks, platform, witness)).length === 0;
  if (isFirst) return { against: await wrong(CHECKS, platform, ports), notes: [] };
  const situation = await lookAt(platform, preflight, atMs);
  const against = await wrong(
    [
      planned(situation, preflight, async () => plan),
      images,
      keys(preflight, (stack) => `${stack} comes with the deployment.`),
    ],
    platform,
    ports,
  );
  const secrets = await wrong(
    [copied(preflight, (name) => `${name} gets its value after the deployment.`)],
    platform,
    ports,
  );
  const notes = outlook(situation).problems;
  return isCopying(situation)
    ? { against: [...against, ...secrets], notes }
    : { against, notes: [...notes, ...secrets.flatMap(lineSentences)] };
}

/** Values are copied from home: after a takeover they are the standby's own, and may differ until failback. */
const isCopying = ({ platform, record }: Situation): boolean =>
  record.known && record.value?.holder === platform.regions.home.name;

async function wrong(checks: readonly Check[], platform: Platform, ports: CheckPorts): Promise<Line[]> {
  return (await runChecks(checks, platform, ports)).filter(({ state }) => state !== 'ok');
}

/** A finding and, on the next lines, what to do about it. */
export const lineSentences = ({ place, check, sentence, fix }: Line): string[] => [
  `${place}, ${check}: ${sentence}`,
  ...(fix === undefined ? [] : fix.split('\n').map((step) => `    ${step}`)),
];
