import type { LeadershipRecord } from '../../lambda/leader/record';
import { SCENARIO_TAG, type Scenario, scenariosOf } from '../../lib/chaos/scenarios';
import type { Platform, Role } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import { lookAt } from '../operate/situation';
import { unfit } from './fitness';
import type { ChaosPorts, Template } from './ports';

/** An experiment that may begin. */
export interface Planned {
  readonly scenario: Scenario;
  readonly region: string;
  /** As it is before. */
  readonly record: LeadershipRecord;
  readonly template: Template;
}

export interface Wanted {
  readonly scenario: string;
  /** Undefined: the region that leads. */
  readonly region: string | undefined;
}

type Refused = { readonly problem: string };

/** @returns what would be run, or why nothing may be */
export async function planChaos(
  platform: Platform,
  wanted: Wanted,
  ports: ChaosPorts,
  nowMs: number,
): Promise<Planned | Refused> {
  const situation = await lookAt(platform, ports, nowMs);
  if (!situation.record.known) return { problem: situation.record.sentence };
  const record = situation.record.value;
  if (!record) return { problem: 'The leadership table holds no record: npx holdfast status' };
  const region = wanted.region ?? record.holder;
  const scenario = scenarioIn(platform, region, wanted.scenario);
  if ('problem' in scenario) return scenario;
  const problem = unfit(situation, record, scenario);
  if (problem !== undefined) return { problem };
  const template = await templateOf(platform, scenario, region, ports);
  if (template) return { scenario, region, record, template };
  return {
    problem: `${region} has no template of ${scenario.name}: say chaos: true in the platform file, and deploy the stack Monitoring of both regions.`,
  };
}

function scenarioIn(platform: Platform, region: string, name: string): Scenario | Refused {
  const role = roleOf(platform, region);
  if (!role) {
    const { home, standby } = platform.regions;
    return {
      problem: `${region} is no region of this platform; allowed: ${oneOf([home.name, standby.name])}.`,
    };
  }
  const known = scenariosOf(platform, role);
  const names = known.map((one) => one.name);
  return (
    known.find((one) => one.name === name) ?? {
      problem: `There is no ${name} in ${region}; allowed: ${oneOf(names)}.`,
    }
  );
}

const roleOf = ({ regions }: Platform, region: string): Role | undefined =>
  (['home', 'standby'] as const).find((role) => regions[role].name === region);

async function templateOf(
  platform: Platform,
  { name }: Scenario,
  region: string,
  { experiments }: ChaosPorts,
): Promise<Template | undefined> {
  const all = await experiments.templates(region);
  return all.find(({ tags }) => tags[SCENARIO_TAG] === name && tags['holdfast:platform'] === platform.name);
}
