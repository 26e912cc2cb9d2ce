import { join } from 'node:path';
import { loadPlatform, platformNames } from '../../../lib/config/load';
import { choosePlatform, parseOptions, placeOf, type Surroundings, UsageError } from '../../command-line';
import { readDrillOptions } from '../options';

export const ALL_USAGE = `npm run drill:all -- [options]

  --scenario A,B          what happens to each platform, one after another; default: region-loss
  --platform A,B          names or paths; default: every platform below platforms/
  --pace fast|real        as of \`npm run drill\`; default: fast
  --no-check-deployment   leaves out the second deployment, which must change nothing
  --reports DIR           where the page and the JSON of each drill are written; default: drill-reports
  --help                  prints this

The platforms are drilled in turn, each on a deployment of its own, and a table at the end says how each of them did.
Exit status 0: every drill passed. 1: one failed, or could not be played. 2: wrong use.`;

const OPTIONS = {
  scenario: { type: 'string' },
  platform: { type: 'string' },
  pace: { type: 'string' },
  'no-check-deployment': { type: 'boolean' },
  reports: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** The drill of one platform, and where it leaves what it found. */
export interface PlannedDrill {
  /** Of the platform. */
  readonly name: string;
  /** Of `npm run drill`. */
  readonly args: readonly string[];
  /** JSON files of its scenarios, in the order in which they are played. */
  readonly reports: readonly { readonly scenario: string; readonly json: string }[];
}

export interface DrillAllCommand {
  readonly drills: readonly PlannedDrill[];
  readonly folder: string;
  readonly help: boolean;
}

/**
 * Everything is read before the first drill begins: a mistake in the last one would else be told half an hour later.
 * @throws UsageError, and PlatformFileError for a platform that cannot be read
 */
export function readAllOptions(args: readonly string[], around: Surroundings): DrillAllCommand {
  const values = parseOptions(args, OPTIONS);
  const folder = placeOf(values.reports ?? 'drill-reports', around);
  if (values.help) return { drills: [], folder, help: true };
  const sources = values.platform?.split(',').map((one) => one.trim()) ?? platformNames(around.root);
  const shared = [
    ...['--scenario', values.scenario ?? 'region-loss'],
    ...(values.pace === undefined ? [] : ['--pace', values.pace]),
    ...(values['no-check-deployment'] ? [] : ['--check-deployment']),
  ];
  const drills = sources.map((one) =>
    plannedDrill(choosePlatform(one, around).source, shared, folder, around),
  );
  const twice = drills.find(({ name }, i) => drills.findIndex((other) => other.name === name) !== i);
  if (twice) throw new UsageError(`Two of the platforms are named ${twice.name}: name each once.`);
  return { drills, folder, help: false };
}

function plannedDrill(
  source: string,
  shared: readonly string[],
  folder: string,
  around: Surroundings,
): PlannedDrill {
  const { name } = loadPlatform(source, around);
  const file = (ending: string): string => join(folder, `${name}${ending}`);
  const args = ['--platform', source, ...shared, '--report', file('.html'), '--json', file('.json')];
  const { scenarios } = readDrillOptions(args, around);
  const reports = scenarios.map(({ name: scenario }) => ({
    scenario,
    // As `writeReport` names them.
    json: scenarios.length > 1 ? file(`-${scenario}.json`) : file('.json'),
  }));
  return { name, args, reports };
}
