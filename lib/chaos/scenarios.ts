import type { Platform, Role } from '../config/platform';

export type ScenarioName =
  | 'replica-kill'
  | 'zone-loss'
  | 'database-failure'
  | 'partition'
  | 'region-loss'
  | 'table-isolation';

/** What an experiment in a region does, and what must come of it. The names are those of the drill. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly does: string;
  readonly expects: string;
  /** Whether the other region must lead afterwards. */
  readonly moves: boolean;
  /** How long the trouble lasts; 0: it is over at once. */
  readonly minutes: number;
}

/** Longer than any lease with its watch and a promotion: the region stays cut off until the other one serves. */
const CUT_OFF_MINUTES = 30;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'replica-kill',
    does: 'stops one task of each service with routes',
    expects: 'nobody moves; no request fails for clients that repeat once',
    moves: false,
    minutes: 0,
  },
  {
    name: 'zone-loss',
    does: 'cuts the first zone of the region off from everything, takes the power from the nodes of its cache there, and fails the database over if it is there',
    expects: 'nobody moves; no write is lost; writes pause for a bounded time',
    moves: false,
    minutes: 10,
  },
  {
    name: 'database-failure',
    does: 'fails the database over to another zone; one without a standby restarts in place',
    expects: 'nobody moves; no write is lost',
    moves: false,
    minutes: 0,
  },
  {
    name: 'partition',
    does: 'lets tasks and functions of the region reach nothing outside its network; its users still reach it',
    expects: 'its writes stop with the lease, and the other region leads; never two writers',
    moves: true,
    minutes: CUT_OFF_MINUTES,
  },
  {
    name: 'region-loss',
    does: 'lets nothing pass between the region and the outside, its users among it',
    expects:
      'the other region leads and takes writes within the bound that synth printed, and clients end there',
    moves: true,
    minutes: CUT_OFF_MINUTES,
  },
  {
    name: 'table-isolation',
    does: "parts the region's replica of the leadership table from the others",
    expects: 'nobody moves: its agents go on through the table of another region',
    moves: false,
    minutes: 10,
  },
];

/** Services of which a task is stopped: FIS runs at most 20 actions. */
export const KILLED_SERVICES_MAX = 20;

/** @returns what can be tried out in a region of a platform, in the order of the list */
export function scenariosOf(platform: Platform, role: Role): Scenario[] {
  const has: Readonly<Record<ScenarioName, boolean>> = {
    'replica-kill': platform.services.some(({ routes }) => routes.length > 0),
    'zone-loss': true,
    'database-failure': platform.database?.kind === 'managed',
    partition: true,
    'region-loss': true,
    'table-isolation': platform.leadership.regions.includes(platform.regions[role].name),
  };
  return SCENARIOS.filter(({ name }) => has[name]);
}

/** The name under which FIS shows the template of a scenario. */
export const templateName = (platform: Platform, scenario: string): string => `${platform.name}-${scenario}`;
/** Tag by which the template of a scenario is found, beside that of the platform. */
export const SCENARIO_TAG = 'holdfast:scenario';
