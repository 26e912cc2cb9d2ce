import type { Platform } from '../../lib/config/platform';
import { CHECKS } from '../checks';
import type { Check } from '../checks/check';
import type { Line } from '../checks/line';
import { platformStacks } from '../checks/platform-stacks';
import type { Ports as CheckPorts } from '../checks/ports';
import { regions } from '../checks/regions';
import { runChecks } from '../checks/run';
import { stacks } from '../checks/stacks';
import { outlook } from '../operate/outlook';
import type { PreflightPorts } from '../operate/ports';
import type { PlannedStack } from '../operate/preflight/assembly';
import { planned } from '../operate/preflight/planned';
import { lookAt } from '../operate/situation';

/**
 * What must hold before anything is synthesized: credentials of the account, regions that are enabled, stacks that may be
 * deployed.
 * @returns what does not hold
 */
export const standsAgainst = (platform: Platform, ports: CheckPorts): Promise<Line[]> =>
  wrong([regions, stacks], platform, ports);

/**
 * What must hold before a deployment of these stacks: at the first one all that `check` asks, later that the writer is
 * neither touched nor moving.
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
  const against = await wrong([planned(situation, preflight, async () => plan)], platform, ports);
  return { against, notes: outlook(situation).problems };
}

async function wrong(checks: readonly Check[], platform: Platform, ports: CheckPorts): Promise<Line[]> {
  return (await runChecks(checks, platform, ports)).filter(({ state }) => state !== 'ok');
}

/** A finding and, on the next lines, what to do about it. */
export const lineSentences = ({ place, check, sentence, fix }: Line): string[] => [
  `${place}, ${check}: ${sentence}`,
  ...(fix === undefined ? [] : fix.split('\n').map((step) => `    ${step}`)),
];
