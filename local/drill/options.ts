import {
  type ChosenPlatform,
  choosePlatform,
  parseOptions,
  placeOf,
  type Surroundings,
  UsageError,
} from '../command-line';
import { type LoadSize, USUAL_LOAD } from './load-on';
import { PACES, type PaceName } from './pace';
import type { Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { findScenario, unknown } from './scenarios/find';

export const DRILL_USAGE = `npm run drill -- [options]

  --scenario A,B        what happens, one after another; default: region-loss
${SCENARIOS.map(({ name, says }) => `                        ${name}: ${says.split('. ')[0]?.replace(/\.$/, '')}`).join('\n')}
                        a path: a scenario of your own (docs/drill.md)
  --platform NAME|PATH  default: HOLDFAST_PLATFORM, else platform.yaml, else the example ops-center
  --pace fast|real      fast: the timings of the file, divided by four; default: fast
  --rate N              requests a second, half of them writes; default: ${USUAL_LOAD.perSecond}
  --clients N           who ask for them; default: ${USUAL_LOAD.clients}
  --check-deployment    first deploys a second time, which must change nothing, and reads every resource back
  --report FILE         default: drill-report.html
  --json FILE           writes the report there as JSON too
  --keep-logs DIR       keeps what the CDK, the API and the functions wrote
  --help                prints this

Exit status 0: every expectation held. 1: one was broken, and is named. 2: wrong use.`;

const OPTIONS = {
  scenario: { type: 'string' },
  platform: { type: 'string' },
  pace: { type: 'string' },
  rate: { type: 'string' },
  clients: { type: 'string' },
  'check-deployment': { type: 'boolean' },
  report: { type: 'string' },
  json: { type: 'string' },
  'keep-logs': { type: 'string' },
  help: { type: 'boolean' },
} as const;

export interface DrillCommand extends ChosenPlatform {
  readonly scenarios: readonly Scenario[];
  readonly pace: PaceName;
  readonly load: LoadSize;
  readonly checkDeployment: boolean;
  readonly report: string;
  readonly json?: string;
  readonly logs?: string;
  readonly help: boolean;
}

/** @throws UsageError */
export function readDrillOptions(args: readonly string[], around: Surroundings): DrillCommand {
  const values = parseOptions(args, OPTIONS);
  return {
    ...choosePlatform(values.platform, around),
    scenarios: (values.scenario ?? 'region-loss').split(',').map((name) => findScenario(name.trim(), around)),
    pace: paceNamed(values.pace ?? 'fast'),
    load: {
      clients: countOf('--clients', values.clients) ?? USUAL_LOAD.clients,
      perSecond: countOf('--rate', values.rate) ?? USUAL_LOAD.perSecond,
    },
    checkDeployment: values['check-deployment'] ?? false,
    report: placeOf(values.report ?? 'drill-report.html', around),
    ...(values.json !== undefined && { json: placeOf(values.json, around) }),
    ...(values['keep-logs'] !== undefined && { logs: placeOf(values['keep-logs'], around) }),
    help: values.help ?? false,
  };
}

/** More than one machine can ask for. */
const MOST = 100_000;

/** @throws UsageError if it is no number of things */
function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new UsageError(`${option} ${text}: it must be a whole number from 1 to ${MOST}.`);
}

function paceNamed(name: string): PaceName {
  const found = PACES.find((one) => one === name);
  if (found) return found;
  throw unknown('pace', name, PACES);
}
