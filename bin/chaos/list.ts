import pc from 'picocolors';
import { SCENARIO_TAG, type Scenario, scenariosOf } from '../../lib/chaos/scenarios';
import type { Platform, Role } from '../../lib/config/platform';
import { ROLES } from '../checks/places';
import type { Terminal } from '../commands/terminal';
import { explainChaos } from './failures';
import type { Experiments } from './ports';

/** A scenario, and where it can be run. */
export interface Listed extends Scenario {
  /** By region: whether its template is there; null: nobody can say. */
  readonly deployed: Readonly<Record<string, boolean | null>>;
}

/**
 * @param complain gets one sentence for each region that cannot be seen
 * @returns every scenario of the platform; it never rejects for what AWS does
 */
export async function listChaos(
  platform: Platform,
  experiments: Experiments,
  complain: (sentence: string) => void = () => {},
): Promise<Listed[]> {
  const there = new Map<Role, ReadonlySet<string | undefined> | null>();
  for (const role of ROLES) {
    const region = platform.regions[role].name;
    try {
      const templates = await experiments.templates(region);
      const own = templates.filter(({ tags }) => tags['holdfast:platform'] === platform.name);
      there.set(role, new Set(own.map(({ tags }) => tags[SCENARIO_TAG])));
    } catch (error) {
      there.set(role, null);
      complain(`${region} cannot be seen. ${explainChaos(error)}`);
    }
  }
  const names = new Map(
    ROLES.flatMap((role) => scenariosOf(platform, role).map((one) => [one.name, one] as const)),
  );
  return [...names.values()].map((scenario) => ({
    ...scenario,
    deployed: Object.fromEntries(
      ROLES.map((role) => [platform.regions[role].name, there.get(role)?.has(scenario.name) ?? null]),
    ),
  }));
}

const WORDS = new Map<boolean | null, string>([
  [true, 'ready'],
  [false, 'not deployed'],
  [null, 'not known'],
]);

/** For a person: what each does, what must come of it, and where it can be run. */
export function renderChaos(
  platform: string,
  listed: readonly Listed[],
  { colors }: Pick<Terminal, 'colors'>,
): string {
  const paint = pc.createColors(colors);
  const blocks = listed.map(({ name, does, expects, deployed }) =>
    [
      paint.bold(name),
      `  does:     ${does}`,
      `  expected: ${expects}`,
      `  where:    ${Object.entries(deployed)
        .map(([region, is]) => `${region} (${WORDS.get(is)})`)
        .join(', ')}`,
    ].join('\n'),
  );
  return `${platform}\n\n${blocks.join('\n\n')}\n`;
}
