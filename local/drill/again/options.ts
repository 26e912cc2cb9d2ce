import { join } from 'node:path';
import { parseOptions, placeOf, type Surroundings, UsageError } from '../../command-line';
import { type PlannedDrill, plannedDrill } from '../planned';

export const AGAIN_USAGE = `npm run drill:again -- [options]

  --times N             how often the drill is run, 2 to 100; default: 3
  --reports DIR         where the page and the JSON of each run are written, and what was compared; default: drill-again
  --scenario A,B  --platform NAME|PATH  --pace fast|real  --rate N  --clients N  --check-deployment
                        as of \`npm run drill\`
  --help                prints this

Runs the same drill again and again, each time on a deployment of its own, and looks at what it leaves: processes, the
ports they listen on, and files in the folder for temporary files, but for the modules that tsx keeps compiled there.
Exit status 0: every run passed, all expected the same, and none left anything. 1: not so. 2: wrong use.`;

const OPTIONS = {
  times: { type: 'string' },
  reports: { type: 'string' },
  scenario: { type: 'string' },
  platform: { type: 'string' },
  pace: { type: 'string' },
  rate: { type: 'string' },
  clients: { type: 'string' },
  'check-deployment': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;
const PASSED_ON = ['scenario', 'platform', 'pace', 'rate', 'clients'] as const;
const MOST = 100;

/** One of the runs, counted from 1. */
export interface PlannedRun extends PlannedDrill {
  readonly number: number;
}

export interface DrillAgainCommand {
  readonly runs: readonly PlannedRun[];
  readonly folder: string;
  readonly help: boolean;
}

/** @throws UsageError, also for what the drill itself would refuse */
export function readAgainOptions(args: readonly string[], around: Surroundings): DrillAgainCommand {
  const values = parseOptions(args, OPTIONS);
  const folder = placeOf(values.reports ?? 'drill-again', around);
  if (values.help) return { runs: [], folder, help: true };
  const shared = [
    ...PASSED_ON.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [`--${name}`, value];
    }),
    ...(values['check-deployment'] ? ['--check-deployment'] : []),
  ];
  const times = timesOf(values.times ?? '3');
  const runs = Array.from({ length: times }, (_, i) => ({
    number: i + 1,
    ...plannedDrill(shared, join(folder, `run-${i + 1}`), around),
  }));
  return { runs, folder, help: false };
}

function timesOf(text: string): number {
  const times = Number(text);
  if (/^[0-9]+$/.test(text) && times >= 2 && times <= MOST) return times;
  throw new UsageError(`--times ${text}: it must be a whole number from 2 to ${MOST}.`);
}
