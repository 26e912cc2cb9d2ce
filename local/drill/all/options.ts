import { join } from 'node:path';
import { loadPlatform, platformNames } from '../../../lib/config/load';
import { choosePlatform, parseOptions, placeOf, type Surroundings, UsageError } from '../../command-line';
import { type PlannedDrill, plannedDrill } from '../planned';

export const ALL_USAGE = `npm run drill:all -- [options]

  --scenario A,B          what happens to each platform, one after another; default: restore,region-loss,
                          and where it has a queue partition too, on a deployment of its own
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

/** The drill of one platform. */
export interface PlatformDrill extends PlannedDrill {
  readonly name: string;
}

export interface DrillAllCommand {
  readonly drills: readonly PlatformDrill[];
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
  const platforms = sources.map((one) => {
    const { source } = choosePlatform(one, around);
    const { name, queues } = loadPlatform(source, around);
    return { source, name, courses: values.scenario ? [values.scenario] : usualCourses(queues.length > 0) };
  });
  const twice = platforms.find(({ name }, i) => platforms.findIndex((other) => other.name === name) !== i);
  if (twice) throw new UsageError(`Two of the platforms are named ${twice.name}: name each once.`);
  const pace = values.pace === undefined ? [] : ['--pace', values.pace];
  const drills = platforms.flatMap(({ source, name, courses }) =>
    courses.map((course, i) => {
      const check = values['no-check-deployment'] || i > 0 ? [] : ['--check-deployment'];
      const shared = ['--platform', source, '--scenario', course, ...pace, ...check];
      const stem = i === 0 ? name : `${name}-${course}`;
      return { name, ...plannedDrill(shared, join(folder, stem), around) };
    }),
  );
  return { drills, folder, help: false };
}

/**
 * What a platform is drilled by if nobody says it: scenarios of one deployment each. At the real pace a second unplanned
 * move must wait an hour, so there is one on each deployment, and it comes last.
 */
const usualCourses = (hasQueue: boolean): readonly string[] => [
  'restore,region-loss',
  ...(hasQueue ? ['partition'] : []),
];
